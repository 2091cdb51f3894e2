using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Federate;

/// <summary>One thing wrong with a federated resource.</summary>
/// <param name="Id">Stable, such as <c>InvalidOverridePath</c>.</param>
/// <param name="Field">Where: <c>spec.overrides[0].clusterOverrides[1].path</c>.</param>
/// <param name="Value">What stands there, as JSON text; empty when the field is missing.</param>
/// <param name="Message">Why that is wrong.</param>
/// <param name="Remedy">What to write instead.</param>
public sealed record FieldFault(string Id, string Field, string Value, string Message, string Remedy)
{
    /// <summary>The message where the value must not be shown; null when <see cref="Message"/> does not repeat it.</summary>
    internal string? Discreet { get; init; }

    /// <summary>The same of a Secret: the field and what is wrong there, not what stands there.</summary>
    internal FieldFault WithoutValue() => this with { Value = string.Empty, Message = Discreet ?? Message };

    /// <summary>As <see cref="ToString"/>, with a mark at its end.</summary>
    internal string Sentence => Ended(ToString());

    /// <summary>Several as one sentence.</summary>
    public static string Together(IEnumerable<FieldFault> faults) => Ended(string.Join("; ", faults));

    /// <summary>The faults of a label selector, each with its own field.</summary>
    internal static IEnumerable<FieldFault> Of(SelectorException error) => error.Errors.Select(text => text.Split(": ", 2)).Select(parts => new FieldFault(
        "InvalidSelector",
        parts[0],
        string.Empty,
        parts[^1],
        "A selector has matchLabels, and matchExpressions with operator In, NotIn (both need values), Exists or DoesNotExist (neither takes any)."));

    public override string ToString() => Printable.Of(Value.Length == 0 ? $"{Field}: {Message}" : $"{Field}: {Excerpt.Of(Value)}: {Message}");

    private static string Ended(string text) => text.EndsWith('?') ? text : $"{text}.";
}
