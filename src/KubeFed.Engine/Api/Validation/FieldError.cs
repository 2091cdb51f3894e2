using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Api.Validation;

/// <summary>What kind of wrong a field is, in the API server's terms.</summary>
public enum FieldErrorKind
{
    Required,
    Invalid,
    Unsupported,
    Duplicate,
}

/// <summary>One field that cannot be as it is; its text is what a Kubernetes API server would say.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Path">Where: <c>spec.leaderElect.leaseDuration</c>.</param>
/// <param name="Value">What stands there, as it is printed: texts quoted, numbers bare; empty for a missing field.</param>
/// <param name="Detail">Why, or for <see cref="FieldErrorKind.Unsupported"/> the values there are.</param>
/// <remarks>api.md, "Error text formats".</remarks>
public sealed record FieldError(FieldErrorKind Kind, string Path, string Value, string Detail)
{
    public static FieldError Required(string path) => new(FieldErrorKind.Required, path, string.Empty, string.Empty);

    public static FieldError Invalid(string path, JsonNode? value, string detail) => new(FieldErrorKind.Invalid, path, JsonText.Write(value), detail);

    public static FieldError Unsupported(string path, string value, params IEnumerable<string> supported) =>
        new(FieldErrorKind.Unsupported, path, JsonText.Write(value), $"supported values: {string.Join(", ", supported.Select(text => JsonText.Write(text)))}");

    public static FieldError Duplicate(string path, string value) => new(FieldErrorKind.Duplicate, path, JsonText.Write(value), string.Empty);

    /// <summary>Several errors as one text: bare when there is one, in brackets when there are more.</summary>
    public static string Aggregate(IReadOnlyList<FieldError> errors) => errors.Count == 1 ? errors[0].ToString() : $"[{string.Join(", ", errors)}]";

    public override string ToString() => Kind switch
    {
        FieldErrorKind.Required => $"{Path}: Required value",
        FieldErrorKind.Invalid => $"{Path}: Invalid value: {Value}: {Detail}",
        FieldErrorKind.Unsupported => $"{Path}: Unsupported value: {Value}: {Detail}",
        _ => $"{Path}: Duplicate value: {Value}",
    };
}
