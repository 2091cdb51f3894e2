namespace KubeFed.Sandbox.Security;

/// <summary>Who is asking.</summary>
internal sealed record User(string Name, IReadOnlyList<string> Groups)
{
    public static User Admin { get; } = new("kubernetes-admin", ["system:masters", "system:authenticated"]);

    public static User Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);

    public static User ServiceAccount(string @namespace, string name) =>
        new($"system:serviceaccount:{@namespace}:{name}", ["system:serviceaccounts", "system:serviceaccounts:" + @namespace, "system:authenticated"]);

    public bool IsIn(string group) => Groups.Contains(group);
}
