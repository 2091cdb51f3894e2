using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Schema;

/// <summary>The shapes of the built-in kinds, read from <c>BuiltIn.types</c>.</summary>
internal sealed class BuiltInTypes
{
    private readonly Dictionary<string, TypeSchema> _types = new(StringComparer.Ordinal);
    private readonly int _minor;

    /// <summary>By their fields, which an atomic variant of a type shares with it.</summary>
    private readonly Dictionary<object, string> _names = new(ReferenceEqualityComparer.Instance);

    private BuiltInTypes(IEnumerable<string> lines, int minor)
    {
        _minor = minor;
        var entries = Entries(lines).ToList();
        foreach (var (name, _) in entries)
        {
            var plain = name.TrimEnd('!');
            _types[plain] = new TypeSchema(ValueKind.Object) { Atomic = name.EndsWith('!') };
            _names[_types[plain].Fields] = plain;
        }

        foreach (var (name, fields) in entries)
        {
            foreach (var field in fields.Select(Field))
            {
                _types[name.TrimEnd('!')].Fields[field.Name] = field;
            }
        }
    }

    /// <summary>The shapes as a Kubernetes 1.<paramref name="minor"/> server knows them.</summary>
    public static BuiltInTypes Load(int minor)
    {
        using var stream = typeof(BuiltInTypes).Assembly.GetManifestResourceStream("BuiltIn.types")
            ?? throw new InvalidOperationException("The resource BuiltIn.types is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return new BuiltInTypes(reader.ReadToEnd().Split('\n'), minor);
    }

    /// <summary>The server's minor version.</summary>
    public int Minor => _minor;

    public TypeSchema Metadata => _types["ObjectMeta"];

    public TypeSchema this[string name] => _types[name];

    /// <summary>What a type is called in the table; null for one that is not in it.</summary>
    public string? NameOf(TypeSchema type) => _names.GetValueOrDefault(type.Fields);

    /// <summary>The shape of a whole object: apiVersion, kind, metadata and what the kind adds; untyped below that when the kind is not known.</summary>
    public TypeSchema Kind(string kind)
    {
        var known = _types.TryGetValue(kind, out var type);
        var root = new TypeSchema(ValueKind.Object) { PreserveUnknown = !known };
        AddEnvelope(root);
        foreach (var (name, field) in type?.Fields ?? [])
        {
            root.Fields[name] = field;
        }

        return root;
    }

    /// <summary>Declares apiVersion, kind and metadata, as every object has them.</summary>
    public void AddEnvelope(TypeSchema root)
    {
        root.Fields["apiVersion"] = new FieldSchema("apiVersion", new TypeSchema(ValueKind.String), false, false, null);
        root.Fields["kind"] = new FieldSchema("kind", new TypeSchema(ValueKind.String), false, false, null);
        root.Fields["metadata"] = new FieldSchema("metadata", Metadata, false, true, null);
    }

    private static IEnumerable<(string Name, List<string> Fields)> Entries(IEnumerable<string> lines)
    {
        (string Name, List<string> Fields)? current = null;
        foreach (var raw in lines)
        {
            var line = raw.TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] != ' ')
            {
                if (current is { } done)
                {
                    yield return done;
                }

                var colon = line.IndexOf(':', StringComparison.Ordinal);
                current = (line[..colon], []);
                line = line[(colon + 1)..];
            }

            current!.Value.Fields.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        if (current is { } last)
        {
            yield return last;
        }
    }

    private FieldSchema Field(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = text[..colon];
        var rest = text[(colon + 1)..];
        JsonNode? fallback = null;
        var equals = rest.IndexOf('=', StringComparison.Ordinal);
        string? fallbackText = null;
        var isKeyDefault = true;
        if (equals >= 0)
        {
            fallbackText = rest[(equals + 1)..];
            var since = fallbackText.IndexOf('@', StringComparison.Ordinal);
            if (since >= 0)
            {
                isKeyDefault = _minor >= int.Parse(fallbackText[(since + 1)..], System.Globalization.CultureInfo.InvariantCulture);
                fallbackText = fallbackText[..since];
            }

            rest = rest[..equals];
        }

        var always = rest[0] == '+';
        rest = always ? rest[1..] : rest;
        if (always && char.IsAsciiDigit(rest[0]))
        {
            var dash = rest.IndexOf('-', StringComparison.Ordinal);
            always = _minor <= int.Parse(rest[..dash], System.Globalization.CultureInfo.InvariantCulture);
            rest = rest[(dash + 1)..];
        }

        var optional = rest[0] == '*';
        rest = optional ? rest[1..] : rest;
        var type = Type(rest);
        if (fallbackText is not null)
        {
            fallback = type.Kind switch
            {
                ValueKind.Integer => JsonValue.Create(long.Parse(fallbackText, System.Globalization.CultureInfo.InvariantCulture)),
                ValueKind.Boolean => JsonValue.Create(bool.Parse(fallbackText)),
                ValueKind.Object => new JsonObject(),
                _ => JsonValue.Create(fallbackText),
            };
        }

        return new FieldSchema(name, type, optional, always || (!optional && type.Kind == ValueKind.Object), fallback)
        {
            KeyDefault = !isKeyDefault ? null : fallback ?? (always && !optional ? ZeroOf(type) : null),
        };
    }

    private static JsonValue? ZeroOf(TypeSchema type) =>
        type.Kind switch
        {
            ValueKind.Integer => JsonValue.Create(0),
            ValueKind.String => JsonValue.Create(string.Empty),
            _ => null,
        };

    private TypeSchema Type(string text)
    {
        var mark = text.IndexOf('!', StringComparison.Ordinal);
        var atomic = mark >= 0 && (mark == text.Length - 1 || _minor >= int.Parse(text[(mark + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        text = mark >= 0 ? text[..mark] : text;
        if (text.StartsWith("[]", StringComparison.Ordinal))
        {
            var at = text.IndexOf('@', StringComparison.Ordinal);
            var topology = at < 0 ? string.Empty : text[(at + 1)..];
            var items = Type(at < 0 ? text[2..] : text[2..at]);
            if (topology.IndexOf('>', StringComparison.Ordinal) is var since and >= 0)
            {
                topology = _minor > int.Parse(topology[(since + 1)..], System.Globalization.CultureInfo.InvariantCulture) ? topology[..since] : string.Empty;
            }

            return new TypeSchema(ValueKind.List)
            {
                Items = items,
                Topology = topology switch { "" => ListTopology.Atomic, "set" => ListTopology.Set, _ => ListTopology.Map },
                Keys = topology is "" or "set" ? [] : topology.Split(','),
            };
        }

        if (text.StartsWith("map[", StringComparison.Ordinal))
        {
            return new TypeSchema(ValueKind.Map) { Items = Type(text[4..^1]), Atomic = atomic };
        }

        var kind = text switch
        {
            "string" => ValueKind.String,
            "bytes" => ValueKind.Bytes,
            "quantity" => ValueKind.Quantity,
            "time" or "microtime" => ValueKind.Time,
            "int32" or "int64" => ValueKind.Integer,
            "bool" => ValueKind.Boolean,
            "intstr" => ValueKind.IntOrString,
            "any" => ValueKind.Any,
            _ => ValueKind.Object,
        };
        if (kind == ValueKind.Object)
        {
            return atomic ? new TypeSchema(kind, _types[text].Fields) { Atomic = true } : _types[text];
        }

        return kind == ValueKind.Any ? TypeSchema.Untyped : new TypeSchema(kind);
    }
}
