namespace RvpServer.Configuration;

/// <summary>The web client on home servers.</summary>
internal sealed record WebClientOptions
{
    // On: people who have no client yet have a browser.
    public bool Enabled { get; init; } = true;

    /// <summary>The path of its pages.</summary>
    // The domain's front page: easy to tell somebody. Nodes are below /instmsg.
    public string Path { get; init; } = "/";
}
