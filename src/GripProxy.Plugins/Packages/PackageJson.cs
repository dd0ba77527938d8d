using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Packages;

/// <summary>What people and programs are told of a package (plugins-http.md §4.2). Stateless.</summary>
internal static class PackageJson
{
    /// <summary>Hash, name, version, form and warnings.</summary>
    public static JsonObject Of(PluginPackage package) => new()
    {
        ["hash"] = package.Files.Hash,
        ["name"] = package.Name,
        ["version"] = package.Version,
        ["main"] = package.Main,
        ["site"] = package.Site,
        ["config_schema"] = new JsonArray([.. package.Manifest.Config.Select(Field)]),
        ["warnings"] = new JsonArray([.. package.Manifest.Warnings.Select(text => (JsonNode)text)]),
    };

    /// <summary>Where and why a package cannot be compiled.</summary>
    public static JsonObject Of(CompileProblem problem) => new()
    {
        ["code"] = problem.Code,
        ["message"] = problem.Message,
        ["file"] = problem.File,
        ["line"] = problem.Line,
        ["column"] = problem.Column,
        ["text"] = problem.Text,
    };

    private static JsonNode Field(ConfigField field)
    {
        var json = new JsonObject { ["key"] = field.Key, ["type"] = field.Type, ["required"] = field.Required, ["secret"] = field.Secret };
        if (field.Default is { } value)
            json["default"] = value.DeepClone();
        if (field.Choices.Count > 0)
            json["choices"] = new JsonArray([.. field.Choices.Select(choice => (JsonNode)choice)]);
        return json;
    }
}
