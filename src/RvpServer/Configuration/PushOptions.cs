namespace RvpServer.Configuration;

/// <summary>
/// Messages that nobody takes are announced to browsers that are closed, by the push services of those who make the browsers. [RFC 8030]
/// </summary>
internal sealed record PushOptions
{
    // Off: it tells a company elsewhere when somebody here gets a message, though not what it says.
    public bool Enabled { get; init; }

    /// <summary>How the makers of browsers reach the administrator: a mailto: or https: URL. [RFC 8292, 2.1]</summary>
    public string? Contact { get; init; }

    /// <summary>
    /// Hosts of push services, with <c>*.</c> in front for all names below, or the whole origin of one that has another port or no https.
    /// </summary>
    // Those of Chrome and Edge, Firefox, Edge on Windows, Safari. Everybody can name a URL: without a list this server would call any.
    public IReadOnlyList<string> Services { get; init; } =
        ["fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com", "*.push.apple.com"];
}
