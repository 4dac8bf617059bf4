using Rvp.Client.Http;
using Rvp.Protocol;

namespace Rvp.Client;

/// <summary>What happened to a message.</summary>
public enum MessageOutcome
{
    /// <summary>A client of the recipient has it, or will with its next poll: one that was heard of within the last minute or two.</summary>
    Delivered,

    /// <summary>The recipient is not signed in anywhere, and the message waits for the next time.</summary>
    Waiting,

    /// <summary>The recipient is not signed in anywhere, or has blocked the sender: the answer is the same.</summary>
    NotAvailable,

    /// <summary>There is no such person.</summary>
    NoSuchPerson,

    /// <summary>The recipient's client refused it, for example because that person has left the conversation.</summary>
    Refused,

    /// <summary>The server does not let this sender send to this recipient.</summary>
    NotAllowed,

    /// <summary>No server could be reached; sending again may help.</summary>
    Unreachable,
}

/// <summary>What happened to a message to one person.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Line">The same as one line for people.</param>
public sealed record MessageResult(MessageOutcome Outcome, string Line)
{
    /// <summary>True if a client of the recipient has it: what <see cref="MessageOutcome.Delivered"/> says. Nobody says that a person has read it.</summary>
    public bool IsDelivered => Outcome == MessageOutcome.Delivered;

    /// <summary>True if the recipient has it, or will.</summary>
    public bool IsAccepted => Outcome is MessageOutcome.Delivered or MessageOutcome.Waiting;

    internal static MessageResult Of(RvpResponse answer, string who) => answer.Status switch
    {
        >= 200 and < 300 when RvpHeaders.DeliveredLater.Equals(answer[RvpHeaders.Delivered], StringComparison.OrdinalIgnoreCase) =>
            new(MessageOutcome.Waiting, $"{who} is not there: the message waits."),
        >= 200 and < 300 => new(MessageOutcome.Delivered, $"Delivered to {who}."),
        401 or 403 => new(MessageOutcome.NotAllowed, $"The server does not allow messages to {who}."),
        404 => new(MessageOutcome.NoSuchPerson, $"There is no {who}."),
        413 => new(MessageOutcome.Refused, $"The message is too long for the server of {who}."),
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
