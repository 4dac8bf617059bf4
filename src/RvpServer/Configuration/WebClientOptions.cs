namespace RvpServer.Configuration;

/// <summary>The web client on home servers.</summary>
internal sealed record WebClientOptions
{
    // On: people who have no client yet have a browser.
    public bool Enabled { get; init; } = true;

    /// <summary>Where its pages lie.</summary>
    // The domain's front page: easy to say on the phone. Nodes lie below /instmsg.
    public string Path { get; init; } = "/";
}
