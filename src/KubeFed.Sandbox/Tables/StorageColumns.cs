using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using static KubeFed.Sandbox.Tables.BuiltInColumns;

namespace KubeFed.Sandbox.Tables;

/// <summary>Columns of what holds data: configuration, secrets, volumes.</summary>
internal static class StorageColumns
{
    public static IReadOnlyList<Column>? Of(string kind) => kind switch
    {
        "ConfigMap" => [
            Column.ObjectName,
            Column.Number("Data", item => (item.Child("data")?.Count ?? 0) + (item.Child("binaryData")?.Count ?? 0)),
            Column.Age,
        ],
        "Secret" => [
            Column.ObjectName,
            Column.Text("Type", item => item.Text("type")),
            Column.Number("Data", item => item.Child("data")?.Count ?? 0),
            Column.Age,
        ],
        "PersistentVolume" => [
            Column.ObjectName,
            Column.Text("Capacity", item => item.At("spec.capacity").Text("storage")),
            Column.Text("Access Modes", item => AccessModes(item.At("spec").Items("accessModes"))),
            Column.Text("Reclaim Policy", item => item.At("spec").Text("persistentVolumeReclaimPolicy")),
            Column.Text("Status", item => Phase(item)),
            Column.Text("Claim", item => item.At("spec.claimRef") is JsonObject claim ? $"{claim.Text("namespace")}/{claim.Text("name")}" : string.Empty),
            Column.Text("StorageClass", item => item.At("spec").Text("storageClassName") ?? string.Empty),
            Column.Text("Reason", item => item.At("status").Text("reason") ?? string.Empty),
            Column.Age,
            Column.Text("VolumeMode", item => item.At("spec").Text("volumeMode") ?? "<unset>").Wide(),
        ],
        "PersistentVolumeClaim" => [
            Column.ObjectName,
            Column.Text("Status", item => Phase(item)),
            Column.Text("Volume", item => item.At("spec").Text("volumeName") ?? string.Empty),
            Column.Text("Capacity", item => item.At("status.capacity").Text("storage") ?? string.Empty),
            Column.Text("Access Modes", item => item.At("spec").Text("volumeName") is { Length: > 0 } ? AccessModes(item.At("status").Items("accessModes")) : string.Empty),
            Column.Text("StorageClass", item => item.At("spec").Text("storageClassName") ?? string.Empty),
            Column.Age,
            Column.Text("VolumeMode", item => item.At("spec").Text("volumeMode") ?? "<unset>").Wide(),
        ],
        "StorageClass" => [
            Column.ObjectName,
            Column.Text("Provisioner", item => item.Text("provisioner")),
            Column.Text("ReclaimPolicy", item => item.Text("reclaimPolicy") ?? "Delete"),
            Column.Text("VolumeBindingMode", item => item.Text("volumeBindingMode") ?? "Immediate"),
            Column.Text("AllowVolumeExpansion", item => item.Flag("allowVolumeExpansion") ? "true" : "false"),
            Column.Age,
        ],
        _ => null,
    };

    private static string Phase(JsonObject item) =>
        item.At("metadata").Text("deletionTimestamp") is null ? item.At("status").Text("phase") ?? string.Empty : "Terminating";

    private static string AccessModes(JsonArray? modes) => Joined((modes ?? []).Select(mode => mode?.ToString() switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        var other => other,
    }));
}
