namespace RvpServer.Configuration;

/// <summary>URLs by which programs send messages to people.</summary>
internal sealed record WebhooksOptions
{
    // On: nobody has one who has not made it, and it sends in the name of that person alone.
    public bool Enabled { get; init; } = true;
}
