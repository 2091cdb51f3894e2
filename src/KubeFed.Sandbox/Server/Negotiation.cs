namespace KubeFed.Sandbox.Server;

/// <summary>In which form a client wants objects.</summary>
internal enum ObjectForm
{
    Full,
    PartialMetadata,
    Table,
}

/// <summary>What the Accept header asks for.</summary>
internal sealed record Negotiation(ObjectForm Form, string MetaVersion)
{
    public static Negotiation Default { get; } = new(ObjectForm.Full, "v1");

    /// <exception cref="ApiError">406: nothing in the header can be served.</exception>
    public static Negotiation Parse(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return Default;
        }

        foreach (var clause in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = clause.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "*/*" or "application/*"))
            {
                continue;
            }

            var parameters = parts.Skip(1).Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            if (!parameters.TryGetValue("as", out var form))
            {
                return Default;
            }

            var version = parameters.GetValueOrDefault("v", "v1");
            if (parameters.GetValueOrDefault("g") != "meta.k8s.io" || version is not ("v1" or "v1beta1"))
            {
                continue;
            }

            switch (form)
            {
                case "PartialObjectMetadata" or "PartialObjectMetadataList":
                    return new Negotiation(ObjectForm.PartialMetadata, version);
                case "Table":
                    return new Negotiation(ObjectForm.Table, version);
            }
        }

        throw Errors.NotAcceptable();
    }
}
