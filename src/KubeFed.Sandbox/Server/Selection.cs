using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>The label and field selectors of a list, watch or collection delete.</summary>
internal sealed class Selection
{
    private readonly LabelSelector _labels;
    private readonly FieldSelector _fields;
    private readonly ResourceType _resource;
    private readonly string _namespace;

    private Selection(ResourceType resource, string @namespace, LabelSelector labels, FieldSelector fields) =>
        (_resource, _namespace, _labels, _fields) = (resource, @namespace, labels, fields);

    public bool IsEverything => _labels.IsEverything && _fields.Requirements.Count == 0;

    /// <exception cref="ApiError">400: a selector can't be read, or names a field the kind does not offer.</exception>
    public static Selection Parse(ResourceType resource, RequestInfo info)
    {
        try
        {
            var labels = LabelSelector.Parse(info.Parameter("labelSelector") ?? string.Empty);
            var fields = Fields(info.Parameter("fieldSelector") ?? string.Empty);
            foreach (var requirement in fields.Requirements)
            {
                if (requirement.Field is not ("metadata.name" or "metadata.namespace") && !resource.SelectableFields.Contains(requirement.Field))
                {
                    throw Errors.BadRequest(
                        resource.SelectableFields.Count == 0 && !resource.IsCustom
                            ? $"\"{requirement.Field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                            : $"field label not supported: {requirement.Field}");
                }
            }

            // A list of the path /…/name carries the name as a field selector of its own.
            return new Selection(resource, info.Namespace, labels, fields);
        }
        catch (SelectorException bad)
        {
            throw Errors.BadRequest(bad.Errors[0]);
        }
    }

    private static FieldSelector Fields(string text)
    {
        try
        {
            return FieldSelector.Parse(text);
        }
        catch (SelectorException)
        {
            var bad = text.Split(',').FirstOrDefault(term => term.Length > 0 && !term.Contains('=', StringComparison.Ordinal)) ?? text;
            throw Errors.BadRequest($"invalid selector: '{text}'; can't understand '{bad}'");
        }
    }

    public bool Matches(StoredObject value) =>
        (_namespace.Length == 0 || !_resource.Namespaced || value.Namespace == _namespace)
        && _labels.Matches(value.Labels)
        && (_fields.Requirements.Count == 0 || _fields.Matches(field => Field(value, field)));

    private string Field(StoredObject value, string field)
    {
        switch (field)
        {
            case "metadata.name":
                return value.Name;
            case "metadata.namespace":
                return value.Namespace;
            default:
                for (var i = 0; i < _resource.SelectableFields.Count; i++)
                {
                    if (_resource.SelectableFields[i] == field)
                    {
                        return value.Fields[i];
                    }
                }

                return string.Empty;
        }
    }
}
