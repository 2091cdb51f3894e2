using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Describing;

/// <summary>
/// The paths of OpenAPI documents, with one operation each that clients look for: the patch of a kind and the parameters it takes, from which kubectl
/// learns whether a server can try a change out (dryRun) and check fields (fieldValidation).
/// </summary>
internal static class OpenApiPaths
{
    /// <param name="kinds">Whose paths.</param>
    /// <param name="minor">The server's minor version: it decides which parameters there are.</param>
    /// <param name="v3">Whether a parameter's type is a schema of its own (3.0) or part of it (2.0).</param>
    public static JsonObject Of(IEnumerable<ResourceType> kinds, int minor, bool v3)
    {
        var paths = new JsonObject();
        foreach (var kind in kinds.Where(kind => !kind.Virtual))
        {
            var root = kind.IsCore ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
            var place = kind.Namespaced ? "/namespaces/{namespace}" : string.Empty;
            paths[$"{root}{place}/{kind.Plural}/{{name}}"] = new JsonObject { ["patch"] = Patch(kind, minor, v3) };
        }

        return paths;
    }

    private static JsonObject Patch(ResourceType kind, int minor, bool v3)
    {
        string[] names = minor >= 25 ? ["dryRun", "fieldManager", "fieldValidation", "force"] : ["dryRun", "fieldManager", "force"];
        return new JsonObject
        {
            ["operationId"] = $"patch{kind.Group.Replace(".", string.Empty, StringComparison.Ordinal)}{kind.Version}{(kind.Namespaced ? "Namespaced" : string.Empty)}{kind.Kind}",
            ["parameters"] = new JsonArray([.. names.Select(name => Parameter(name, name == "force" ? "boolean" : "string", v3))]),
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
            ["x-kubernetes-action"] = "patch",
            ["x-kubernetes-group-version-kind"] = new JsonObject { ["group"] = kind.Group, ["kind"] = kind.Kind, ["version"] = kind.Version },
        };
    }

    private static JsonObject Parameter(string name, string type, bool v3)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = "query" };
        if (v3)
        {
            parameter["schema"] = new JsonObject { ["type"] = type };
        }
        else
        {
            parameter["type"] = type;
        }

        return parameter;
    }
}
