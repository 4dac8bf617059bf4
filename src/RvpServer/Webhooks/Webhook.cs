using System.Text.Json.Serialization;

namespace RvpServer.Webhooks;

/// <summary>A URL by which programs send messages to one person, in the name of the account that has made it.</summary>
/// <param name="Id">Its id, which is no secret; also the Session-Id of its messages, so that they are one conversation.</param>
/// <param name="Secret">The SHA-256 of the secret in its URL.</param>
/// <param name="Label">What its owner calls it; its messages begin with it.</param>
/// <param name="To">The recipient's address.</param>
/// <param name="Url">The recipient's logical URL.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="UsedAt">When it was last used, to within minutes; null: never.</param>
internal sealed record Webhook(Guid Id, byte[] Secret, string Label, string To, string Url, DateTimeOffset MadeAt, DateTimeOffset? UsedAt)
{
    /// <summary>The key of its owner's account.</summary>
    [JsonIgnore]
    public string Owner { get; init; } = "";

    /// <summary>The owner's IM domain and name, by which the account is found.</summary>
    [JsonIgnore]
    public (string Domain, string Name) OwnerName { get; init; }
}
