using System.Text;

namespace KubeFed.Host.Manager.Endpoints;

/// <summary>One question of a health endpoint.</summary>
/// <param name="Name">As the answer lists it.</param>
/// <param name="Problem">What is wrong; null when nothing is.</param>
internal sealed record HealthCheck(string Name, string? Problem);

/// <summary>The answer of a health endpoint, as API servers give it: <c>ok</c>, and line by line when asked to or when something is wrong.</summary>
/// <param name="Endpoint">Its name: healthz, livez or readyz.</param>
/// <param name="Checks">In the order they are listed.</param>
/// <remarks>kube-apiserver's health endpoints; P-105.</remarks>
internal sealed record HealthAnswer(string Endpoint, IReadOnlyList<HealthCheck> Checks)
{
    internal bool Passed => Checks.All(check => check.Problem is null);

    internal string Text(bool verbose)
    {
        if (Passed && !verbose)
        {
            return "ok";
        }

        var text = new StringBuilder();
        foreach (var check in Checks)
        {
            text.Append(check.Problem is null ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: {check.Problem}\n");
        }

        return text.Append(Endpoint).Append(Passed ? " check passed\n" : " check failed\n").ToString();
    }
}
