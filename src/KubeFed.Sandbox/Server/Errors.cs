namespace KubeFed.Sandbox.Server;

/// <summary>The refusals of an API server, in its own words.</summary>
internal static class Errors
{
    public static ApiError NotFound(ResourceType resource, string name) => NotFound(resource.Group, resource.Plural, name);

    public static ApiError NotFound(string group, string plural, string name) =>
        new(404, "NotFound", $"{Qualified(group, plural)} \"{name}\" not found") { DetailsName = name, DetailsGroup = group, DetailsKind = plural };

    /// <summary>The path names no resource that is served.</summary>
    public static ApiError NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource") { EmptyDetails = true };

    public static ApiError AlreadyExists(ResourceType resource, string name, bool isDeleting) =>
        new(409, "AlreadyExists", $"{(isDeleting ? "object is being deleted: " : string.Empty)}{resource.QualifiedName} \"{name}\" already exists")
        {
            DetailsName = name,
            DetailsGroup = resource.Group,
            DetailsKind = resource.Plural,
        };

    public static ApiError Conflict(ResourceType resource, string name, string reason) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {resource.QualifiedName} \"{name}\": {reason}")
        {
            DetailsName = name,
            DetailsGroup = resource.Group,
            DetailsKind = resource.Plural,
        };

    public static ApiError Modified(ResourceType resource, string name) =>
        Conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiError Invalid(ResourceType resource, string name, IReadOnlyList<FieldError> errors)
    {
        var texts = errors.Select(error => error.ToString()).Distinct().ToList();
        var list = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        var group = resource.ErrorGroup ?? resource.Group;
        var kind = Qualified(group, resource.Kind);
        return new ApiError(422, "Invalid", $"{kind} \"{name}\" is invalid: {list}")
        {
            DetailsName = name,
            DetailsGroup = group,
            DetailsKind = resource.Kind,
            Causes = [.. errors.Select(error => new ErrorCause(error.Reason, error.Message, error.Field))],
        };
    }

    public static ApiError Invalid(ResourceType resource, string name, FieldError error) => Invalid(resource, name, [error]);

    /// <summary>Options and questions have no name and are of no served resource.</summary>
    public static ApiError Invalid(string group, string kind, FieldError error) =>
        new(422, "Invalid", $"{Qualified(group, kind)} \"\" is invalid: {error}")
        {
            DetailsGroup = group,
            DetailsKind = kind,
            Causes = [new ErrorCause(error.Reason, error.Message, error.Field)],
        };

    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiError Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiError Forbidden(string group, string plural, string? name, string message) =>
        new(403, "Forbidden", $"{(plural.Length == 0 ? string.Empty : Subject(group, plural, name))}{message}")
        {
            DetailsName = name,
            DetailsGroup = group,
            DetailsKind = plural,
            EmptyDetails = true,
        };

    public static ApiError MethodNotSupported(ResourceType resource, string verb) =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource") { EmptyDetails = true };

    public static ApiError MethodNotAllowed(ResourceType resource, string verb) =>
        new(405, "MethodNotAllowed", $"{verb} is not supported on resources of kind \"{resource.QualifiedName}\"")
        {
            DetailsGroup = resource.Group,
            DetailsKind = resource.Plural,
        };

    public static ApiError UnsupportedMediaType(string given, string accepted) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}") { Continue = null };

    public static ApiError NotAcceptable() =>
        new(406, "NotAcceptable", "406: Not Acceptable") { EmptyDetails = true };

    public static ApiError BadVersion(string text) =>
        new(500, string.Empty, $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");

    /// <summary>A watch or list position the history no longer covers.</summary>
    public static ApiError Expired(string message) => new(410, "Expired", message);

    public static ApiError Internal(string message) =>
        new(500, "InternalError", "Internal error occurred: " + message) { Causes = [new ErrorCause(string.Empty, message, string.Empty)] };

    public static string Qualified(string group, string plural) => group.Length == 0 ? plural : $"{plural}.{group}";

    private static string Subject(string group, string plural, string? name) =>
        string.IsNullOrEmpty(name) ? $"{Qualified(group, plural)} is forbidden: " : $"{Qualified(group, plural)} \"{name}\" is forbidden: ";
}
