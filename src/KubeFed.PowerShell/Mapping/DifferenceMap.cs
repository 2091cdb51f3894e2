using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Comparison;

namespace KubeFed.PowerShell.Mapping;

internal static class DifferenceMap
{
    public static ResourceDifference ToOutput(CellComparison cell, FieldComparison field) => new()
    {
        Name = cell.Resource.Key.Name,
        Namespace = cell.Resource.Key.Namespace,
        Type = cell.Resource.Type.Name,
        Cluster = cell.Cluster,
        Path = field.Path,
        Pointer = field.Pointer,
        State = field.State.ToString(),
        Actual = RawObject.Value(field.Actual),
        Desired = RawObject.Value(field.Desired),
        ActualJson = field.Actual,
        DesiredJson = field.Desired,
        Owner = string.Join(", ", field.Owners.Select(owner => owner.Manager).Distinct(StringComparer.Ordinal)),
        Owners = [.. field.Owners.Select(owner => new FieldOwner
        {
            Manager = owner.Manager,
            Operation = owner.Operation,
            Subresource = owner.Subresource,
            Time = Times.Local(owner.Time),
        })],
        Action = SyncMap.ToOutput(cell.Action),
        Status = Status(cell),
        Message = cell.Message,
    };

    public static string Status(CellComparison cell) => cell.Reason == PropagationReason.Ok ? "OK" : cell.Reason.ToString();
}
