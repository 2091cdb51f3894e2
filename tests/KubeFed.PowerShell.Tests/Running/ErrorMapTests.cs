using KubeFed.Engine;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;
using KubeFed.PowerShell.Running;
using KubeFed.PowerShell.Tests.Commands;

namespace KubeFed.PowerShell.Tests.Running;

public sealed class ErrorMapTests
{
    [Theory]
    [InlineData(400, "BadRequest", "BadRequest", "InvalidArgument")]
    [InlineData(401, "Unauthorized", "Unauthorized", "AuthenticationError")]
    [InlineData(403, "Forbidden", "Forbidden", "PermissionDenied")]
    [InlineData(404, "NotFound", "NotFound", "ObjectNotFound")]
    [InlineData(405, "MethodNotAllowed", "RequestRefused", "ProtocolError")]
    [InlineData(409, "AlreadyExists", "AlreadyExists", "ResourceExists")]
    [InlineData(409, "Conflict", "Conflict", "ResourceBusy")]
    [InlineData(410, "Expired", "Expired", "ResourceUnavailable")]
    [InlineData(422, "Invalid", "Invalid", "InvalidArgument")]
    [InlineData(429, "TooManyRequests", "TooManyRequests", "LimitsExceeded")]
    [InlineData(500, "InternalError", "ServerError", "ResourceUnavailable")]
    [InlineData(503, "ServiceUnavailable", "ServerError", "ResourceUnavailable")]
    [InlineData(504, "Timeout", "ServerTimeout", "OperationTimeout")]
    public void A_servers_refusal_has_an_id_and_a_category(int code, string reason, string id, string category)
    {
        var description = ErrorMap.Describe(new KubeApiException("east", "GET /x", new KubeStatus(code, reason, "why") { Kind = "configmaps", Name = "a" }));

        Assert.Equal((id, category, "configmaps/a"), (description.Id, description.Category, description.Target));
        Assert.Contains("why", description.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConnectionFailure.Unreachable, "ClusterUnreachable", "ConnectionError")]
    [InlineData(ConnectionFailure.Tls, "CertificateNotTrusted", "SecurityError")]
    [InlineData(ConnectionFailure.TimedOut, "ConnectionTimedOut", "OperationTimeout")]
    [InlineData(ConnectionFailure.Interrupted, "ConnectionInterrupted", "ConnectionError")]
    [InlineData(ConnectionFailure.Credentials, "CredentialsUnavailable", "AuthenticationError")]
    public void A_failed_connection_has_an_id_and_a_category(ConnectionFailure failure, string id, string category)
    {
        var description = ErrorMap.Describe(new KubeConnectionException("east", failure, "why") { Remedy = "do this" });

        Assert.Equal((id, category, "east", "do this"), (description.Id, description.Category, description.Target, description.RecommendedAction));
    }

    [Theory]
    [InlineData(FederationProblem.NotFound, "ObjectNotFound")]
    [InlineData(FederationProblem.AlreadyExists, "ResourceExists")]
    [InlineData(FederationProblem.Invalid, "InvalidArgument")]
    [InlineData(FederationProblem.NotReady, "ResourceUnavailable")]
    [InlineData(FederationProblem.Refused, "InvalidOperation")]
    [InlineData(FederationProblem.TimedOut, "OperationTimeout")]
    [InlineData(FederationProblem.Failed, "NotSpecified")]
    public void The_engines_own_errors_keep_their_id(FederationProblem problem, string category)
    {
        var description = ErrorMap.Describe(new FederationException("SomeId", problem, "what") { Target = "it", Remedy = "do this" });

        Assert.Equal(("SomeId", category, "it", "do this"), (description.Id, description.Category, description.Target, description.RecommendedAction));
    }

    [Fact]
    public void A_failure_behind_an_engine_error_gives_its_category()
    {
        var refused = new KubeApiException("east", "GET /x", new KubeStatus(403, "Forbidden", "no"));

        Assert.Equal("PermissionDenied", ErrorMap.Describe(new FederationException("JoinFailed", FederationProblem.Failed, "what", refused)).Category);
    }

    [Fact]
    public void A_type_that_means_nothing_differs_from_one_that_means_too_much()
    {
        Assert.Equal("TypeNotServed", ErrorMap.Describe(new ApiLookupException("none", [])).Id);
        var ambiguous = ErrorMap.Describe(new ApiLookupException("several", ["ingresses.networking.k8s.io", "ingresses.extensions"]));
        Assert.Equal("TypeAmbiguous", ambiguous.Id);
        Assert.Contains("ingresses.extensions", ambiguous.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_category_is_one_of_PowerShells()
    {
        Exception[] errors =
        [
            new InputException("X", "x", null), new KubeConfigException("x"), new SelectorException("x"), new TimeoutException(),
            new OperationCanceledException(), new DirectoryNotFoundException(),
            new UnauthorizedAccessException(), new FileNotFoundException(), new IOException(), new InvalidOperationException(),
            new KubeFed.Kubernetes.Yaml.YamlTextException("x", 1, 1),
        ];
        Assert.All(errors, error => Assert.True(Enum.TryParse<System.Management.Automation.ErrorCategory>(ErrorMap.Describe(error).Category, out _)));
    }

    public static TheoryData<PropagationReason> Reasons => [.. Enum.GetValues<PropagationReason>().Where(reason => reason != PropagationReason.Ok)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Each_failure_of_a_sync_says_what_to_do_about_it(PropagationReason reason)
    {
        var description = ErrorMap.Describe(new SyncFailure(new SyncOutcome
        {
            Type = Kinds.ConfigMaps,
            Resource = new ObjectKey("demo", "web"),
            Cluster = "east",
            Action = PlanAction.Error,
            Reason = reason,
            Message = "why.",
            Succeeded = false,
            Time = DateTimeOffset.UnixEpoch,
        }));

        Assert.False(string.IsNullOrEmpty(description.RecommendedAction));
        Assert.Equal(reason.ToString(), description.Id);
    }
}
