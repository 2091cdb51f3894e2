using KubeFed.Engine.Propagation.Planning;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>E-45 to E-48: what a namespace's scope says, and what to do about it.</summary>
public sealed class NamespaceScopeTests
{
    [Fact]
    public void What_to_do_about_a_namespace_depends_on_whether_its_FederatedNamespace_is_still_ending()
    {
        var none = NamespaceScope.Of("shop", null);
        var ending = NamespaceScope.Of("shop", Make.Resource("{'placement':{}}", Make.Namespaces, "shop").Finalized(deleting: true));

        Assert.StartsWith("Federate the namespace: ConvertTo-FederatedResource namespaces shop -Create", NamespaceScope.Remedy("shop", none.Missing));
        Assert.Contains("Invoke-KubeFedSync namespaces shop", NamespaceScope.Remedy("shop", ending.Missing));
    }
}
