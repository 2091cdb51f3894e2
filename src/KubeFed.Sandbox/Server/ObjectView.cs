using System.Text.Json.Nodes;
using KubeFed.Sandbox.CustomResources;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>A stored object as a served version shows it. Versions of a CRD differ in apiVersion and schema only (conversion strategy None).</summary>
internal static class ObjectView
{
    public static bool IsAsStored(StoredObject value, ResourceType resource) => value.ApiVersion == resource.ApiVersion;

    public static JsonObject Parse(StoredObject value, ResourceType resource, BuiltInTypes types)
    {
        var json = value.Parse();
        if (!IsAsStored(value, resource))
        {
            json["apiVersion"] = resource.ApiVersion;
            if (resource.IsCustom)
            {
                var created = json.At("metadata").Text("creationTimestamp");
                CustomObjects.Normalize(json, resource.Schema, types);
                json.Ensure("metadata")["creationTimestamp"] = created;
            }
        }

        return json;
    }

    public static ReadOnlyMemory<byte> Json(StoredObject value, ResourceType resource, BuiltInTypes types) =>
        IsAsStored(value, resource) ? value.Json : WireJson.Utf8(Parse(value, resource, types));
}
