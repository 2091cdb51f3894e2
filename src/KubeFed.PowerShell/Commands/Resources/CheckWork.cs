using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Federate.Checking;
using KubeFed.Kubernetes.Objects;
using EngineFinding = KubeFed.Engine.Federate.Checking.ResourceFinding;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>The work of Test-FederatedResource: finds, tells unless it is to be quiet, and remembers whether all is well.</summary>
/// <param name="sink">Where findings go.</param>
/// <param name="check">What knows the federation; null where nobody is to be asked.</param>
/// <param name="contextNamespace">Where an object belongs that does not say; null to leave that open.</param>
/// <param name="stop">Stops the work.</param>
internal sealed class CheckWork(IOperationSink sink, ResourceCheck? check, string? contextNamespace, CancellationToken stop)
{
    private FiledManifest? _from;

    public bool Quiet { get; init; }

    public bool AskMembers { get; init; }

    /// <summary>No finding so far is an error.</summary>
    public bool Passed { get; private set; } = true;

    /// <summary>How many resources were checked.</summary>
    public int Checked { get; private set; }

    public async Task ResourceAsync(EngineResource resource)
    {
        Checked++;
        var findings = check is null
            ? ResourceCheck.Alone(resource)
            : await check.RunAsync(resource, AskMembers, stop).ConfigureAwait(false);
        foreach (var finding in findings)
        {
            await TellAsync(resource.Type.Name, resource.Key, finding).ConfigureAwait(false);
        }
    }

    /// <summary>A document of a file, or what is wrong with the file as a whole.</summary>
    public async Task FileAsync(FiledManifest filed)
    {
        _from = filed;
        try
        {
            if (filed.Fault is null)
            {
                await DocumentAsync(filed.Content, string.Empty).ConfigureAwait(false);
                return;
            }

            var fault = ErrorMap.Describe(filed.Fault);
            if (fault.Id is "InvalidManifest" or "InvalidEncoding" or "EmptyManifest")
            {
                // The finding has the file as its path.
                var message = fault.Message.StartsWith($"{filed.Path}: ", StringComparison.Ordinal) ? fault.Message[(filed.Path.Length + 2)..] : fault.Message;
                await TellFileAsync(fault.Id, string.Empty, message, fault.RecommendedAction ?? string.Empty).ConfigureAwait(false);
                return;
            }

            // That there is no such file is no finding about a manifest.
            Passed = false;
            sink.Error(filed.Fault, filed.Path);
        }
        finally
        {
            _from = null;
        }
    }

    /// <summary>An object as a file or the pipeline has it; lists are taken apart.</summary>
    public async Task ManifestAsync(JsonObject json)
    {
        var manifest = new KubeObject((JsonObject)json.DeepClone());
        if (ManifestList.IsList(manifest.Json))
        {
            var items = ManifestList.Items(manifest.Json);
            for (var i = 0; i < items.Count; i++)
            {
                await DocumentAsync(items[i] ?? manifest.Json["items"]![i], $"items[{i}]").ConfigureAwait(false);
            }
        }
        else if (manifest.Kind.Length == 0 || manifest.ApiVersion.Length == 0)
        {
            await TellAsync("?", manifest.Key, Error(
                "InvalidManifest",
                manifest.Kind.Length == 0 ? "kind" : "apiVersion",
                string.Empty,
                "the object does not say what it is",
                "Add apiVersion and kind.")).ConfigureAwait(false);
        }
        else if (!manifest.Kind.StartsWith(KubeFedNames.FederatedPrefix, StringComparison.Ordinal) || manifest.Gvk.Group == KubeFedNames.CoreGroup)
        {
            await TellAsync(manifest.Kind, manifest.Key, new EngineFinding(
                FindingSeverity.Information,
                "NotFederated",
                "kind",
                manifest.Kind,
                "it is no federated resource and was not checked",
                "Make its federated form with ConvertTo-FederatedResource, if it is to be propagated.")).ConfigureAwait(false);
        }
        else
        {
            await FederatedAsync(manifest).ConfigureAwait(false);
        }
    }

    private async Task DocumentAsync(JsonNode? document, string field)
    {
        if (document is JsonObject map)
        {
            await ManifestAsync(map).ConfigureAwait(false);
            return;
        }

        await TellFileAsync(
            "InvalidManifest",
            field,
            $"a Kubernetes object must be a map, not {ManifestInput.Describe(document)}",
            "Write an object with apiVersion, kind and metadata, or take it out.").ConfigureAwait(false);
    }

    /// <summary>Of something that has no name of its own.</summary>
    private Task TellFileAsync(string id, string field, string message, string remedy) => TellAsync(
        _from is null ? "?" : "file",
        ObjectKey.ClusterScoped(_from is null ? "?" : System.IO.Path.GetFileName(_from.Path)),
        id == "EmptyManifest"
            ? new EngineFinding(FindingSeverity.Warning, id, field, string.Empty, message, remedy)
            : Error(id, field, string.Empty, message, remedy));

    private static EngineFinding Error(string id, string field, string value, string message, string remedy) =>
        new(FindingSeverity.Error, id, field, value, message, remedy);

    private async Task FederatedAsync(KubeObject manifest)
    {
        var known = check?.TypeOf(manifest.Gvk);
        if (known is { Federated.Namespaced: true } && manifest.Namespace is null && contextNamespace is not null)
        {
            manifest.Namespace = known.IsNamespaceType ? manifest.Name : contextNamespace;
        }

        if (known is not null)
        {
            await ResourceAsync(new EngineResource(known, manifest)).ConfigureAwait(false);
            return;
        }

        Checked++;
        var guessed = new EngineResource(ResourceCheck.Guess(manifest), manifest);
        if (check is not null)
        {
            await TellAsync(manifest.Kind, manifest.Key, Error(
                "TypeNotEnabled",
                "kind",
                manifest.Kind,
                "the host has no type of this federated kind enabled",
                $"Enable it with Enable-KubeFedType {guessed.Type.Target.Kind}.")).ConfigureAwait(false);
        }

        foreach (var finding in ResourceCheck.Alone(guessed))
        {
            await TellAsync(manifest.Kind, manifest.Key, finding).ConfigureAwait(false);
        }
    }

    private async Task TellAsync(string type, ObjectKey key, EngineFinding finding)
    {
        Passed &= finding.Severity != FindingSeverity.Error;
        if (!Quiet)
        {
            await sink.ObjectAsync(ResourceFindingMap.ToOutput(type, key, finding, _from), stop).ConfigureAwait(false);
        }
    }
}
