using System.Net;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Objects;

/// <summary>What a server says of a Secret that it refuses is passed on without what the Secret holds; the words are those of real servers.</summary>
public class SecretContentTests
{
    private static readonly WriteOptions Options = new() { FieldManager = "kubefed" };

    [Theory]
    [InlineData(500, """failed to create typed patch object (ns/a; /v1, Kind=Secret): .data.pin: expected string, got &value.valueUnstructured{Value:\"hunter2\"}""", "", ".data.pin")]
    [InlineData(400, """Secret in version \"v1\" cannot be handled as a Secret: json: cannot unmarshal string into Go struct field Secret.data of type hunter2""", "", "Secret.data")]
    [InlineData(400, """Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 4, error found in ...|: \"hunter2\"|...""", "", "words are left out")]
    [InlineData(422, """Secret \"a\" is invalid: data[pin]: Invalid value: \"hunter2\": bad""", """{"field":"data[pin]","reason":"FieldValueInvalid","message":"Invalid value: \"hunter2\": bad"}""", "data[pin]: FieldValueInvalid")]
    [InlineData(422, """Secret \"a\" is invalid: data: Forbidden: field is immutable when `immutable` is set""", """{"field":"data","reason":"FieldValueForbidden","message":"Forbidden: field is immutable when `immutable` is set"}""", "field is immutable")]
    [InlineData(422, """Secret \"a\" is invalid: metadata.labels: Invalid value: \"x y\": no""", """{"field":"metadata.labels","reason":"FieldValueInvalid","message":"Invalid value: \"x y\": no"}""", "Invalid value: \"x y\": no")]
    [InlineData(422, """FederatedSecret is invalid: spec.template.data.pin: Invalid value: \"hunter2\" """, """{"field":"spec.template.data.pin","reason":"FieldValueInvalid","message":"\"hunter2\""}""", "spec.template.data.pin: FieldValueInvalid")]
    [InlineData(403, """admission webhook \"w\" denied the request: hunter2 (aHVudGVyMg==) is a weak password""", "", "*** (***) is a weak password")]
    [InlineData(409, """Apply failed with 1 conflict: conflict with \"kubectl\": .data.pin""", "", "conflict with \"kubectl\": .data.pin")]
    public async Task The_field_is_named_and_the_value_is_not(int code, string message, string cause, string expected)
    {
        var api = new FakeApi(() => FakeApi.Json(
            $$"""
            {"kind":"Status","status":"Failure","code":{{code}},"reason":"Whatever","message":"{{message}}","details":{"name":"a","kind":"secrets","causes":[{{cause}}]} }
            """,
            (HttpStatusCode)code));
        using var client = api.Client();
        var secret = KubeObject.Create(KnownResources.Secrets, new ObjectKey("ns", "a"));
        secret.Json["data"] = new JsonObject { ["pin"] = "aHVudGVyMg==" };

        foreach (var call in new Func<Task>[]
        {
            () => client.CreateAsync(KnownResources.Secrets, secret, Options, CancellationToken.None),
            () => client.ApplyAsync(KnownResources.Secrets, secret, Options, CancellationToken.None),
            () => client.ReplaceAsync(KnownResources.Secrets, secret, Options, CancellationToken.None),
            () => client.PatchAsync(KnownResources.Secrets, secret.Key, KubePatch.Merge(new JsonObject { ["stringData"] = new JsonObject { ["pin"] = "hunter2" },
                ["data"] = secret.Json["data"]!.DeepClone() }), Options, CancellationToken.None),
        })
        {
            var error = await Assert.ThrowsAsync<KubeApiException>(call);

            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", error + string.Join(';', error.Status.Causes), StringComparison.Ordinal);
            Assert.DoesNotContain("aHVudGVyMg", error + string.Join(';', error.Status.Causes), StringComparison.Ordinal);
            Assert.Equal((code, "Whatever"), (error.Code, error.Status.Reason));
        }
    }

    [Fact]
    public async Task The_words_about_another_kind_stay_as_they_are()
    {
        using var client = new FakeApi(() => FakeApi.Refuse(422, "Invalid", "data[pin]: Invalid value: hunter2")).Client();

        var error = await Assert.ThrowsAsync<KubeApiException>(
            () => client.ApplyAsync(KnownResources.ConfigMaps, KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("ns", "a")), Options, CancellationToken.None));

        Assert.Contains("Invalid value: hunter2", error.Message, StringComparison.Ordinal);
    }
}
