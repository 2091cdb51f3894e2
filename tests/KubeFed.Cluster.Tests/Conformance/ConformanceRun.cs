using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeFed.Cluster.Tests.Conformance;

/// <summary>Plays a case on a server, as administrator where no step says otherwise, and gathers its answers in neutral form.</summary>
internal sealed partial class ConformanceRun(HttpClient client, HttpClient bare, ConformanceCase scenario)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _id = "c" + Guid.NewGuid().ToString("N")[..10];
    private readonly List<JsonNode?> _answers = [];

    private string Namespace => "ns-" + _id;

    /// <summary>One entry per compared step: request line, status code, body.</summary>
    public async Task<JsonArray> PlayAsync(CancellationToken cancellationToken)
    {
        var made = $"{{\"metadata\":{{\"name\":\"{Namespace}\"}}}}";
        await SendAsync(new ConformanceStep("POST", "/api/v1/namespaces", Empty, made, null), cancellationToken);
        try
        {
            var neutral = new Neutral(Namespace, _id);
            var result = new JsonArray();
            foreach (var step in scenario.Steps)
            {
                if (step.Method == ConformanceCase.NextSecond)
                {
                    await Task.Delay(1010 - DateTime.UtcNow.Millisecond, cancellationToken);
                    _answers.Add(null);
                    continue;
                }

                if (step.WaitFor is not null)
                {
                    _answers.Add(await WaitAsync(step, cancellationToken));
                    continue;
                }

                var (code, body) = await SendAsync(step, cancellationToken);
                _answers.Add(body);
                result.Add(new JsonObject { ["step"] = $"{step.Method} {step.Target}", ["code"] = code, ["body"] = neutral.Of(body) });
            }

            return result;
        }
        finally
        {
            await SendAsync(new ConformanceStep("DELETE", "/api/v1/namespaces/" + Namespace, Empty, null, null), CancellationToken.None);
        }
    }

    private static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();

    private async Task<JsonNode?> WaitAsync(ConformanceStep step, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            var (_, body) = await SendAsync(step, limit.Token);
            if (body?.ToJsonString().Contains(Fill(step.WaitFor!), StringComparison.Ordinal) == true)
            {
                return body;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private async Task<(int Code, JsonNode? Body)> SendAsync(ConformanceStep step, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(step.Method), Fill(step.Target));
        request.Headers.UserAgent.ParseAdd("conformance/1.0");
        if (step.Body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Fill(step.Body)));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(step.Headers.GetValueOrDefault("Content-Type") ?? DefaultType(step));
        }

        foreach (var (name, value) in step.Headers.Where(header => !header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
        {
            request.Headers.TryAddWithoutValidation(name, Fill(value));
        }

        var sender = step.Headers.ContainsKey("Authorization") ? bare : client;
        using var response = await sender.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return ((int)response.StatusCode, Parse(text));
    }

    /// <summary>JSON, or the lines of a watch, or plain text as it is.</summary>
    private static JsonNode? Parse(string text)
    {
        try
        {
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines.Length > 1 && lines.All(line => line.StartsWith("{\"type\"", StringComparison.Ordinal))
                ? new JsonArray([.. lines.Select(line => JsonNode.Parse(line))])
                : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text.Trim());
        }
    }

    private static string DefaultType(ConformanceStep step) =>
        step.Method != "PATCH" ? "application/json"
        : step.Target.Contains("fieldManager=", StringComparison.Ordinal) ? "application/apply-patch+yaml"
        : step.Body!.StartsWith('[') ? "application/json-patch+json"
        : "application/merge-patch+json";

    private string Fill(string text) =>
        Placeholder().Replace(
            text.Replace("{ns}", Namespace, StringComparison.Ordinal).Replace("{id}", _id, StringComparison.Ordinal),
            match =>
            {
                var node = _answers[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1];
                foreach (var key in match.Groups[2].Value.Split('.'))
                {
                    node = node is JsonArray list ? list[int.Parse(key, CultureInfo.InvariantCulture)] : node?[key];
                }

                return node?.ToString() ?? string.Empty;
            });

    [GeneratedRegex(@"\{(\d+)\.([\w.]+)\}")]
    private static partial Regex Placeholder();
}
