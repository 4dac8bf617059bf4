namespace Rvp.Client;

/// <summary>How a message fared.</summary>
public enum MessageOutcome
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
public sealed record MessageResult(MessageOutcome Outcome, string Line)
{
    /// <summary>True where the recipient has it.</summary>
    public bool IsDelivered => Outcome == MessageOutcome.Delivered;

    internal static MessageResult Of(int status, string who) => status switch
    {
        >= 200 and < 300 => new(MessageOutcome.Delivered, $"Delivered to {who}."),
        401 or 403 => new(MessageOutcome.NotAllowed, $"The server does not allow messages to {who}."),
        404 => new(MessageOutcome.NoSuchPerson, $"There is no {who}."),
        412 => new(MessageOutcome.NotAvailable, $"{who} is not available."),
        429 or 503 => new(MessageOutcome.Unreachable, $"The server of {who} is busy."),
        _ => new(MessageOutcome.Refused, $"{who} did not take the message."),
    };

    internal static MessageResult Of(RvpClientException failure, string who) => failure.Error switch
    {
        RvpError.WrongPassword or RvpError.NotAllowed => new(MessageOutcome.NotAllowed, failure.Message),
        RvpError.NoSuchPerson => new(MessageOutcome.NoSuchPerson, $"There is no {who}."),
        _ => new(MessageOutcome.Unreachable, failure.Message),
    };
}
