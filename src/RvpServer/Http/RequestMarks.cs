namespace RvpServer.Http;

/// <summary>What parts that see a request early find out about it for those that see it later. Most requests have none.</summary>
internal sealed class RequestMarks
{
    /// <summary>It came from a listed proxy, or from a router of ours.</summary>
    public bool IsProxied { get; set; }

    /// <summary>The proxy is a router of ours.</summary>
    public bool IsRouted { get; set; }

    /// <summary>The host that its client had asked, where a proxy or router that is believed says so; null: the one in Host.</summary>
    public string? OriginalHost { get; set; }

    /// <summary>It came from a proxy that is not listed.</summary>
    public bool IsHidden { get; set; }

    /// <summary>The account whose password it has proven; null: none.</summary>
    public string? ProvenName { get; set; }

    /// <summary>It is from another server that is believed.</summary>
    public bool IsBelieved { get; set; }

    /// <summary>Those of a request; null: it has none.</summary>
    public static RequestMarks? Find(HttpContext context) => context.Features.Get<RequestMarks>();

    /// <summary>Those of a request, to add one.</summary>
    public static RequestMarks Of(HttpContext context)
    {
        if (Find(context) is { } known) return known;
        var marks = new RequestMarks();
        context.Features.Set(marks);
        return marks;
    }
}
