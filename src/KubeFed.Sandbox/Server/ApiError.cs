using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Server;

/// <summary>One field an API server objects to.</summary>
internal sealed record ErrorCause(string Reason, string Message, string Field);

/// <summary>A request an API server refuses, with everything its <c>metav1.Status</c> says.</summary>
internal sealed class ApiError(int code, string reason, string message) : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;

    public string? DetailsName { get; init; }

    public string? DetailsGroup { get; init; }

    public string? DetailsKind { get; init; }

    public string? DetailsUid { get; init; }

    public int? RetryAfterSeconds { get; init; }

    /// <summary>Sent in the list metadata of an expired continue token.</summary>
    public string? Continue { get; init; }

    /// <summary>Some refusals carry a details object even when it says nothing.</summary>
    public bool EmptyDetails { get; init; }

    public IReadOnlyList<ErrorCause> Causes { get; init; } = [];

    public JsonObject ToStatus()
    {
        var metadata = new JsonObject();
        if (Continue is not null)
        {
            metadata["continue"] = Continue;
        }

        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = metadata,
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0)
        {
            status["reason"] = Reason;
        }

        var details = new JsonObject();
        Put(details, "name", DetailsName);
        Put(details, "group", DetailsGroup);
        Put(details, "kind", DetailsKind);
        Put(details, "uid", DetailsUid);
        if (Causes.Count > 0)
        {
            details["causes"] = new JsonArray([.. Causes.Select(Cause)]);
        }

        if (RetryAfterSeconds is { } seconds)
        {
            details["retryAfterSeconds"] = seconds;
        }

        if (details.Count > 0 || EmptyDetails)
        {
            status["details"] = details;
        }

        status["code"] = Code;
        return status;
    }

    private static JsonObject Cause(ErrorCause cause)
    {
        var json = new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message };
        Put(json, "field", cause.Field);
        return json;
    }

    private static void Put(JsonObject target, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            target[key] = value;
        }
    }
}
