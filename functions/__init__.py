"""Lifeboat: backup and restore of a Microsoft Entra tenant, as an Azure Functions app."""

VERSION = "0.1.0"
