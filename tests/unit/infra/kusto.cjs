// Microsoft's parser of Kusto queries: {name: query} on stdin, {name: {problems, columns}} on stdout.
// It knows the table `traces` of an Application Insights component, and checks names and types as the service does.
const fs = require("fs"), path = require("path"), vm = require("vm");
const where = path.join(__dirname, "..", "..", "..", "node_modules", "@kusto", "language-service-next");
for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"])
  vm.runInThisContext(fs.readFileSync(path.join(where, file), "utf8"), file);
const { KustoCode, GlobalState, Symbols } = globalThis.Kusto.Language;
const traces = Symbols.TableSymbol.From(
  "(timestamp: datetime, message: string, severityLevel: int, itemCount: int, operation_Name: string, customDimensions: dynamic)",
).WithName("traces");
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("component", [traces]));
const each = (list, what) => Array.from({ length: list.Count }, (_, at) => what(list.getItem(at)));
const answer = {};
for (const [name, query] of Object.entries(JSON.parse(fs.readFileSync(0, "utf8")))) {
  const code = KustoCode.ParseAndAnalyze(query, globals);
  const columns = code.ResultType && code.ResultType.Columns;
  answer[name] = {
    problems: each(code.GetDiagnostics(), (one) => `${one.Severity} ${one.Code} at ${one.Start}: ${one.Message}`),
    columns: columns ? Object.fromEntries(each(columns, (one) => [one.Name, one.Type.Name])) : {},
  };
}
process.stdout.write(JSON.stringify(answer));
