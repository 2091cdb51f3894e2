using System.Text.Json;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What is read of a list's items without making objects of them is what would be read of the objects.</summary>
public class ListedCopyTests
{
    private const string Mine = "uid-1/kube-federation-system";
    private static readonly FederationIdentity Self = new(Mine);

    private static readonly string[] Labels =
    [
        "", "'labels':{}", "'labels':null", "'labels':{'kubefed.io/managed':'true'}", "'labels':{'kubefed.io/managed':'false','a':'b'}",
        "'labels':{'kubefed.io/managed':true}", "'labels':{'kubefed.io/managed':'true','n':1,'z':null}",
    ];

    private static readonly string[] Annotations =
    [
        "", "'annotations':{'kubefed.io/federation':'MINE'}", "'annotations':{'kubefed.io/federation':'uid-2/other'}", "'annotations':[]",
    ];

    private static readonly string[] Owners =
    [
        "", "'managedFields':null", "'managedFields':[]", "'managedFields':[1,null,{}]",
        "'managedFields':[{'manager':'kubefed','operation':'Apply','time':'2026-01-01T00:00:00Z','fieldsV1':{'f:data':{'f:a':{}}}}]",
        "'managedFields':[{'manager':'kubefed','operation':'Apply','subresource':'','fieldsV1':{'f:spec':{'f:replicas':{},'f:a b':{}}}}]",
        "'managedFields':[{'manager':'kubefed','operation':'Apply','subresource':'status','fieldsV1':{'f:status':{}}}]",
        "'managedFields':[{'manager':'kubefed','operation':'Apply'}]",
        "'managedFields':[{'manager':'kubefed','operation':'Update','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}}]",
        "'managedFields':[{'manager':'kubefed','operation':'Apply','time':'2026-01-01T00:00:00Z',"
            + "'fieldsV1':{ 'f:spec' : {'k:{\\'name\\':\\'c\\u00e9\\'}':{'.':{}}} }},"
            + "{'manager':'controller','operation':'Update','time':'2026-02-01T00:00:00Z','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}},"
            + "'f:annotations':{'f:kubefed.io/federation':{}}}}}]",
        "'managedFields':[{'manager':'controller','operation':'Update','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}},"
            + "{'manager':'kubefed','operation':'Apply','time':'2026-01-01T00:00:00Z','fieldsV1':{'v:<&>\\'':{},'f:\\/x':{}}}]",
        "'managedFields':[{'manager':'kubefed','operation':'Apply','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}}]",
        "'managedFields':[{'manager':'kube-controller-manager','operation':'Update','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}}]",
        "'managedFields':[{'manager':'kubefed','operation':'Apply','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}},"
            + "{'manager':'kube-controller-manager','operation':'Update','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}},"
            + "{'manager':'k3s','operation':'Update','fieldsV1':{'f:subsets':{}}}]",
        "'managedFields':[{'manager':'kube-controller-manager','operation':'Update','subresource':'status',"
            + "'fieldsV1':{'f:subsets':{},'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}}]",
    ];

    private static readonly string[] Rest =
    [
        "'name':'web'", "'name':'web','namespace':'ns1','uid':'u','resourceVersion':'5','generation':7,'deletionTimestamp':'2026-01-01T00:00:00Z'",
        "'name':'web','ownerReferences':[{'kind':'A','name':'a'},{'kind':'Service','name':'s','controller':true}]",
        "'name':'web','ownerReferences':[{'kind':'Service','controller':'true'},7]", "'name':'web','ownerReferences':[{'controller':true}]",
        "'name':'web','namespace':'','generation':'7','uid':3", "'generation':1.5,'deletionTimestamp':'soon'",
    ];

    [Fact]
    public void A_list_s_item_says_what_its_object_says()
    {
        var seen = new HashSet<string>();
        foreach (var labels in Labels)
        {
            foreach (var annotations in Annotations)
            {
                foreach (var owners in Owners)
                {
                    foreach (var rest in Rest)
                    {
                        var parts = new[] { rest, labels, annotations, owners }.Where(part => part.Length > 0);
                        Check($"{{'metadata':{{{string.Join(',', parts)}}}}}", seen);
                    }
                }
            }
        }

        Check("{}", seen);
        Assert.InRange(seen.Count, 60, int.MaxValue);
    }

    [Fact]
    public async Task A_real_list_s_items_say_what_their_objects_say()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("deployments.apps", "web",
            "{'template':{'spec':{'replicas':2,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
            + "'spec':{'containers':[{'name':'c','image':'i'}]}}}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        var query = new ListQuery { MetadataOnly = true, PageSize = 1 };
        foreach (var kind in (ApiResource[])[KnownResources.Deployments, KnownResources.ConfigMaps, KnownResources.Namespaces])
        {
            var objects = (await bed.Admin("c1").ListAsync(kind, query, default)).Items;
            var pages = await bed.Admin("c1").ReadPagesAsync(kind, query, item => ListedCopy.Read(item, Self), default)
                .ToListAsync(TestContext.Current.CancellationToken);
            Assert.Equal(objects.Count, pages.Count);
            foreach (var (value, page) in objects.Zip(pages))
            {
                Assert.Equal(Brief(value.Key, MemberVersion.Of(value, self: Self)), Brief(page[0].Key, page[0].Version));
            }
        }
    }

    private static void Check(string item, HashSet<string> seen)
    {
        var json = item.Replace('\'', '"').Replace("MINE", Mine, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json);

        var (key, version) = ListedCopy.Read(document.RootElement, Self);

        var value = KubeObject.Parse(json);
        var expected = Brief(value.Key, MemberVersion.Of(value, self: Self));
        Assert.True(expected == Brief(key, version), $"{json}\nis\n{Brief(key, version)}\nshould be\n{expected}");
        seen.Add(expected);
    }

    private static string Brief(ObjectKey key, MemberVersion version)
    {
        var labels = version.Labels is null ? "-" : string.Join(',', version.Labels.OrderBy(label => label.Key).Select(label => $"{label.Key}={label.Value}"));
        return $"{key} {version with { Labels = null }} {labels}";
    }
}
