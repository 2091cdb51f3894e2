using EngineChange = KubeFed.Engine.Change;
using EngineType = KubeFed.Engine.Api.FederatedType;

namespace KubeFed.PowerShell.Mapping;

internal static class TypeMap
{
    public static FederatedType ToOutput(EngineType type, DateTimeOffset now, IEnumerable<EngineChange>? changes = null) => new()
    {
        Name = type.Name,
        TargetKind = type.Target.Kind,
        TargetApiVersion = type.Target.ApiVersion,
        FederatedKind = type.Federated.Kind,
        FederatedApiVersion = type.Federated.ApiVersion,
        Namespaced = type.Target.Namespaced,
        Propagation = type.PropagationEnabled ? "Enabled" : "Disabled",
        StatusCollection = type.StatusCollection ? "Enabled" : "Disabled",
        Created = Times.Local(type.Created),
        Age = Times.Since(type.Created, now),
        Changes = ChangeMap.ToOutput(changes ?? []),
        Json = type.Source.Json,
    };
}
