using KubeFed.Engine;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.PowerShell.Running;

/// <summary>The one place where an exception becomes an error id and a category. Ids and categories are listed in about_KubeFed_Errors.</summary>
internal static class ErrorMap
{
    public static ErrorDescription Describe(Exception error) => error switch
    {
        InputException input => new(input.Id, "InvalidArgument", input.Target, input.Message, input.Remedy),
        SyncFailure sync => new(sync.Id, sync.Category, sync.Result, sync.Message, sync.Remedy),
        FederationException federation => DescribeFederation(federation),
        KubeApiException api => new(ApiId(api), ApiCategory(api), ApiTarget(api), api.Message, api.Remedy ?? ApiRemedy(api)),
        KubeConnectionException connection => new(
            ConnectionId(connection.Failure), ConnectionCategory(connection.Failure), connection.Cluster, connection.Message, connection.Remedy),
        InvalidRequestException request => new(
            request.Part == "path" ? "InvalidPath" : "InvalidRequest", "InvalidArgument", request.Value, request.Message, request.Remedy),
        KubeConfigException config => new("KubeConfigInvalid", "InvalidData", null, config.Message, config.Remedy),
        ApiLookupException lookup => new(
            lookup.Candidates.Count > 1 ? "TypeAmbiguous" : "TypeNotServed", "InvalidArgument", null, lookup.Message, lookup.Remedy ?? LookupRemedy(lookup)),
        TextEncodingException text => new("InvalidEncoding", "InvalidArgument", null, text.Message, text.Remedy),
        YamlTextException yaml => new("InvalidManifest", "InvalidData", null, yaml.Message, yaml.Remedy),
        SelectorException selector => new("InvalidSelector", "InvalidArgument", null, selector.Message, selector.Remedy),
        TimeoutException => new("OperationTimeout", "OperationTimeout", null, error.Message, null),
        OperationCanceledException => new("OperationCanceled", "OperationStopped", null, error.Message, null),
        UnauthorizedAccessException => new("FileAccessDenied", "PermissionDenied", null, error.Message, null),
        FileNotFoundException file => new("FileNotFound", "ObjectNotFound", file.FileName, error.Message, null),
        DirectoryNotFoundException => new("FileNotFound", "ObjectNotFound", null, error.Message, null),
        IOException => new("FileAccessFailed", "ReadError", null, error.Message, null),
        _ => new("UnexpectedError", "NotSpecified", null, error.Message, "This is a defect of the module. Report it with the output of Get-Error."),
    };

    private static ErrorDescription DescribeFederation(FederationException error)
    {
        // A Failed problem only says that a server refused; how it refused, and so the category, is the inner exception's to say.
        var inner = error.Problem == FederationProblem.Failed && error.InnerException is KubeException cause ? Describe(cause) : null;
        var category = error.Problem switch
        {
            FederationProblem.NotFound => "ObjectNotFound",
            FederationProblem.AlreadyExists => "ResourceExists",
            FederationProblem.Invalid => "InvalidArgument",
            FederationProblem.NotReady => "ResourceUnavailable",
            FederationProblem.Refused => "InvalidOperation",
            FederationProblem.TimedOut => "OperationTimeout",
            _ => inner?.Category ?? "NotSpecified",
        };
        return new ErrorDescription(error.Id, category, error.Target, error.Message, error.Remedy ?? inner?.RecommendedAction);
    }

    private static string ApiId(KubeApiException error) => error switch
    {
        { IsAlreadyExists: true } => "AlreadyExists",
        { IsExpired: true } => "Expired",
        { Code: 400 } => "BadRequest",
        { Code: 401 } => "Unauthorized",
        { Code: 403 } => "Forbidden",
        { Code: 404 } => "NotFound",
        { Code: 409 } => "Conflict",
        { Code: 422 } => "Invalid",
        { Code: 429 } => "TooManyRequests",
        { Code: 504 } => "ServerTimeout",
        { Code: >= 500 } => "ServerError",
        _ => "RequestRefused",
    };

    private static string ApiCategory(KubeApiException error) => error switch
    {
        { IsAlreadyExists: true } => "ResourceExists",
        { IsExpired: true } => "ResourceUnavailable",
        { Code: 400 or 422 } => "InvalidArgument",
        { Code: 401 } => "AuthenticationError",
        { Code: 403 } => "PermissionDenied",
        { Code: 404 } => "ObjectNotFound",
        { Code: 409 } => "ResourceBusy",
        { Code: 429 } => "LimitsExceeded",
        { Code: 504 } => "OperationTimeout",
        { Code: >= 500 } => "ResourceUnavailable",
        _ => "ProtocolError",
    };

    private static string ApiTarget(KubeApiException error) =>
        error.Status.Name.Length == 0 ? error.Cluster : error.Status.Kind.Length == 0 ? error.Status.Name : $"{error.Status.Kind}/{error.Status.Name}";

    private static string? ApiRemedy(KubeApiException error) => error.Code switch
    {
        401 => $"Renew the credentials of '{error.Cluster}' in the kubeconfig (or, for a member, run Join-KubeFedCluster again).",
        403 => $"Use credentials for '{error.Cluster}' that may do this, or have its administrator grant it.",
        429 => "Try again later, or with a lower -ThrottleLimit.",
        _ => null,
    };

    private static string? LookupRemedy(ApiLookupException error) =>
        error.Candidates.Count == 0 ? null : $"Use one of: {string.Join(", ", error.Candidates)}.";

    private static string ConnectionId(ConnectionFailure failure) => failure switch
    {
        ConnectionFailure.Unreachable => "ClusterUnreachable",
        ConnectionFailure.Tls => "CertificateNotTrusted",
        ConnectionFailure.TimedOut => "ConnectionTimedOut",
        ConnectionFailure.Interrupted => "ConnectionInterrupted",
        ConnectionFailure.NotSent => "RequestNotSent",
        ConnectionFailure.Malformed => "AnswerMalformed",
        ConnectionFailure.TooLong => "AnswerTooLong",
        _ => "CredentialsUnavailable",
    };

    private static string ConnectionCategory(ConnectionFailure failure) => failure switch
    {
        ConnectionFailure.Tls => "SecurityError",
        ConnectionFailure.TimedOut => "OperationTimeout",
        ConnectionFailure.Credentials => "AuthenticationError",
        ConnectionFailure.Malformed => "ProtocolError",
        ConnectionFailure.TooLong => "LimitsExceeded",
        _ => "ConnectionError",
    };
}
