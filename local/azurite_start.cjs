// Loaded before Azurite: keeps it from loading its telemetry library, which is two thirds of its start and which it
// loads even where --disableTelemetry has it send nothing.
const Module = require("module");
const load = Module._load;
Module._load = function (name, ...rest) {
  return name === "applicationinsights" ? {} : load.call(this, name, ...rest);
};
