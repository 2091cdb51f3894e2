using System.Globalization;

namespace KubeFed.Kubernetes.Client;

/// <summary>The query string of lists and watches.</summary>
internal static class ListParameters
{
    /// <param name="query">What to list.</param>
    /// <param name="token">Where the next page starts; the resourceVersion must then not be repeated.</param>
    public static List<KeyValuePair<string, string>> Of(ListQuery query, string? token)
    {
        var parameters = Selectors(query);
        if (query.PageSize > 0)
        {
            parameters.Add(new("limit", query.PageSize.ToString(CultureInfo.InvariantCulture)));
        }

        if (token is not null)
        {
            parameters.Add(new("continue", token));
        }
        else if (query.ResourceVersion.Length > 0)
        {
            parameters.Add(new("resourceVersion", query.ResourceVersion));
        }

        return parameters;
    }

    public static List<KeyValuePair<string, string>> OfWatch(ListQuery query, string resourceVersion, int timeoutSeconds) =>
    [
        .. Selectors(query),
        new("watch", "1"),
        new("allowWatchBookmarks", "true"),
        new("resourceVersion", resourceVersion),
        new("timeoutSeconds", timeoutSeconds.ToString(CultureInfo.InvariantCulture)),
    ];

    private static List<KeyValuePair<string, string>> Selectors(ListQuery query)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        if (!string.IsNullOrEmpty(query.LabelSelector))
        {
            parameters.Add(new("labelSelector", query.LabelSelector));
        }

        if (!string.IsNullOrEmpty(query.FieldSelector))
        {
            parameters.Add(new("fieldSelector", query.FieldSelector));
        }

        return parameters;
    }
}
