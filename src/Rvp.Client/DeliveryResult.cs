namespace Rvp.Client;

/// <summary>How a message fared.</summary>
public enum DeliveryOutcome
{
    /// <summary>A client of the recipient has it, or it waits in the recipient's poll queue.</summary>
    Delivered,

    /// <summary>Not signed in anywhere, or has blocked the sender: nobody can tell which.</summary>
    NotAvailable,

    /// <summary>There is no such person.</summary>
    NoSuchPerson,

    /// <summary>The recipient's client refused it, for example because its person has left the conversation.</summary>
    Refused,

    /// <summary>The server does not let this sender send to this recipient.</summary>
    NotAllowed,

    /// <summary>No server could be reached; it may be tried again.</summary>
    Unreachable,
}

/// <summary>How a message to one person fared.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Line">The same in one line for people.</param>
public sealed record DeliveryResult(DeliveryOutcome Outcome, string Line)
{
    /// <summary>True where the recipient has it.</summary>
    public bool IsDelivered => Outcome == DeliveryOutcome.Delivered;

    internal static DeliveryResult Of(int status, string who) => status switch
    {
        >= 200 and < 300 => new(DeliveryOutcome.Delivered, $"Delivered to {who}."),
        401 or 403 => new(DeliveryOutcome.NotAllowed, $"The server does not allow messages to {who}."),
        404 => new(DeliveryOutcome.NoSuchPerson, $"There is no {who}."),
        412 => new(DeliveryOutcome.NotAvailable, $"{who} is not available."),
        429 or 503 => new(DeliveryOutcome.Unreachable, $"The server of {who} is busy."),
        _ => new(DeliveryOutcome.Refused, $"{who} did not take the message."),
    };

    internal static DeliveryResult Of(RvpClientException failure, string who) => failure.Error switch
    {
        RvpError.WrongPassword or RvpError.NotAllowed => new(DeliveryOutcome.NotAllowed, failure.Message),
        RvpError.NoSuchPerson => new(DeliveryOutcome.NoSuchPerson, $"There is no {who}."),
        _ => new(DeliveryOutcome.Unreachable, failure.Message),
    };
}
