using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane;

/// <summary>Changes KubeFedConfig by the rules its webhook kept.</summary>
/// <remarks>A-54 to A-61.</remarks>
internal sealed class ConfigEdit(Federation federation, ObjectKey key)
{
    private const int Attempts = 5;

    public async Task<ControlPlaneConfig> RunAsync(Action<JsonObject> edit, bool dryRun, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = (await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false)).Source;
            var edited = stored.Clone();
            edited.Json["spec"] = ConfigDefaults.Apply(stored.Spec ?? []);
            edit(edited.Spec!);
            if (JsonNode.DeepEquals(edited.Json, stored.Json))
            {
                return ControlPlaneConfigReader.Read(stored);
            }

            if (KubeFedConfigValidation.Check(edited, stored) is { Count: > 0 } errors)
            {
                throw new FederationException(
                    "InvalidConfig", FederationProblem.Invalid, $"KubeFedConfig {key} cannot be changed so: {FieldError.Aggregate(errors)}")
                {
                    Remedy = $"Correct {string.Join(", ", errors.Select(error => error.Path).Distinct(StringComparer.Ordinal))}.",
                    Target = key.ToString(),
                };
            }

            if (dryRun)
            {
                return ControlPlaneConfigReader.Read(edited);
            }

            try
            {
                var options = new WriteOptions { FieldManager = KubeFedNames.FieldManager };
                return ControlPlaneConfigReader.Read(
                    await federation.Host.ReplaceAsync(CoreResources.KubeFedConfigs, edited, options, cancellationToken).ConfigureAwait(false));
            }
            catch (KubeApiException error) when (error.IsConflict && attempt < Attempts)
            {
                // The next round edits what the other writer left.
            }
        }
    }
}
