using System.Collections.Immutable;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Builtins;
using KubeFed.Sandbox.CustomResources;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>What one server serves: the built-in kinds, and those its CRDs declare.</summary>
internal sealed class ResourceCatalog
{
    private readonly IReadOnlyList<ResourceType> _builtIn;
    private ImmutableDictionary<string, ImmutableArray<ResourceType>> _custom = ImmutableDictionary<string, ImmutableArray<ResourceType>>.Empty;
    private IReadOnlyDictionary<(string Group, string Version, string Plural), ResourceType> _byPlural;

    public ResourceCatalog(int minor, BuiltInTypes types)
    {
        Types = types;
        _builtIn = BuiltInKinds.For(minor, types);
        _byPlural = Index();
    }

    public BuiltInTypes Types { get; }

    /// <summary>Built-in kinds in their table's order, then custom ones by CRD name.</summary>
    public IReadOnlyList<ResourceType> All => [.. _builtIn, .. Custom];

    public IEnumerable<ResourceType> Custom => _custom.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value);

    public ResourceType? Find(string group, string version, string plural) => _byPlural.GetValueOrDefault((group, version, plural));

    /// <summary>Any version of a resource by the key its objects are stored under.</summary>
    public ResourceType? FindStored(string storageKey) => All.FirstOrDefault(type => type.StorageKey == storageKey && !type.Virtual);

    public ResourceType? FindKind(string group, string kind) => All.FirstOrDefault(type => type.Group == group && type.Kind == kind && !type.Virtual);

    public ResourceType BuiltIn(string kind) => _builtIn.First(type => type.Kind == kind);

    public bool ServesGroup(string group) => All.Any(type => type.Group == group);

    public bool Serves(string group, string version) => All.Any(type => type.Group == group && type.Version == version);

    /// <summary>Names taken in a group by anything but the given CRD.</summary>
    public IEnumerable<ResourceType> InGroup(string group, string exceptCrd) =>
        _builtIn.Where(type => type.Group == group).Concat(_custom.Where(pair => pair.Key != exceptCrd).SelectMany(pair => pair.Value).Where(type => type.Group == group));

    /// <summary>Serves what an established CRD declares; replaces what the CRD of this name declared before.</summary>
    public void Register(JsonObject crd)
    {
        var spec = crd.Child("spec") ?? [];
        var names = crd.At("status.acceptedNames") as JsonObject ?? spec.Child("names") ?? [];
        var versions = spec.Items("versions")?.OfType<JsonObject>().ToList() ?? [];
        var storage = versions.FirstOrDefault(version => version.Flag("storage")).Text("name") ?? string.Empty;
        var served = versions.Where(version => version.Flag("served")).Select(version => Served(spec, names, version, storage)).ToImmutableArray();
        _custom = _custom.SetItem(crd.At("metadata").Text("name") ?? string.Empty, served);
        _byPlural = Index();
    }

    /// <summary>What CRDs declare, to be given to <see cref="Restore"/>.</summary>
    public ImmutableDictionary<string, ImmutableArray<ResourceType>> Save() => _custom;

    public void Restore(ImmutableDictionary<string, ImmutableArray<ResourceType>> custom)
    {
        if (!ReferenceEquals(custom, _custom))
        {
            _custom = custom;
            _byPlural = Index();
        }
    }

    public void Unregister(string crdName)
    {
        _custom = _custom.Remove(crdName);
        _byPlural = Index();
    }

    private ResourceType Served(JsonObject spec, JsonObject names, JsonObject version, string storageVersion)
    {
        var subresources = version.Child("subresources");
        var scale = subresources.Child("scale");
        var kind = names.Text("kind") ?? string.Empty;
        var schema = version.At("schema.openAPIV3Schema") as JsonObject;
        return new ResourceType(spec.Text("group") ?? string.Empty, version.Text("name") ?? string.Empty, kind, names.Text("plural") ?? string.Empty, spec.Text("scope") == "Namespaced")
        {
            Schema = CustomSchema.Compile(schema, Types),
            Ownership = CustomSchema.Ownership(schema, Types),
            Singular = names.Text("singular") ?? kind.ToLowerInvariant(),
            ListKind = names.Text("listKind") ?? kind + "List",
            ShortNames = Strings(names.Items("shortNames")),
            Categories = Strings(names.Items("categories")),
            StorageVersion = storageVersion,
            HasGeneration = true,
            HasStatus = subresources?.ContainsKey("status") == true,
            Scale = scale is null
                ? null
                : new ScalePaths(
                    (scale.Text("specReplicasPath") ?? string.Empty).TrimStart('.'),
                    (scale.Text("statusReplicasPath") ?? string.Empty).TrimStart('.'),
                    scale.Text("labelSelectorPath")?.TrimStart('.')),
            UnconditionalUpdate = false,
            IsCustom = true,
            PrinterColumns = [.. (version.Items("additionalPrinterColumns") ?? []).OfType<JsonObject>()],
        };
    }

    private static string[] Strings(JsonArray? array) => [.. (array ?? []).Select(item => item?.GetValue<string>() ?? string.Empty)];

    private Dictionary<(string Group, string Version, string Plural), ResourceType> Index() =>
        All.ToDictionary(type => (type.Group, type.Version, type.Plural));
}
