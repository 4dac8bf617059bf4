namespace Rvp.Client;

/// <summary>A webhook of ours: a URL by which programs send messages in our name to one person.</summary>
/// <param name="Id">Its id at the server, which is no secret.</param>
/// <param name="Name">What its messages begin with.</param>
/// <param name="To">The recipient's address.</param>
/// <param name="Made">When it was made.</param>
/// <param name="Used">When it was last used, to within minutes; null: never.</param>
public sealed record OwnWebhook(string Id, string Name, string To, DateTimeOffset Made, DateTimeOffset? Used)
{
    /// <summary>The URL, which is the secret: known only right after the hook was made.</summary>
    public Uri? Url { get; init; }
}
