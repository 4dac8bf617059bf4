using Rvp.Engine;

namespace RvpServer.Delivery;

/// <summary>Delivers notifications to one kind of receiver; <see cref="Lanes{TKey}"/> does everything else.</summary>
/// <typeparam name="TKey">Identifies a receiver; what one receiver gets stays in order.</typeparam>
internal interface ICarrier<in TKey>
{
    /// <summary>When to try again.</summary>
    RetrySchedule Schedule { get; }

    /// <summary>One attempt.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="notification">What to deliver.</param>
    /// <param name="elapsed">Time since the first attempt with this notification began.</param>
    /// <param name="stop">Ends the attempt immediately.</param>
    Task<Attempt> TryAsync(TKey receiver, Notification notification, TimeSpan elapsed, CancellationToken stop);

    /// <summary>
    /// Whether a receiver that left a notification unanswered is there: an attempt with a result means yes. Carriers whose receivers are never given up for
    /// good need not ask.
    /// </summary>
    Task<Attempt> KnockAsync(TKey receiver, CancellationToken stop) => Task.FromResult(Attempt.Unanswered(null));

    /// <summary>Called when a receiver is given up, before everything that still waits for it is failed. Must not block.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="unsent">The notification with which it was given up, or one that waits behind it.</param>
    void GiveUp(TKey receiver, Notification unsent);
}

/// <summary>The result of one attempt.</summary>
/// <param name="Result">The result of the notification; null: it was not sent, another attempt is safe.</param>
/// <param name="Detail">What went wrong, for the log.</param>
/// <param name="IsHopeless">True if the receiver does not exist: what waits behind would fail too.</param>
internal readonly record struct Attempt(DeliveryResult? Result, string? Detail = null, bool IsHopeless = false)
{
    /// <summary>False if this server itself kept the attempt from being made.</summary>
    public bool IsTried { get; private init; } = true;

    /// <summary>True if a mistake of this server ended it: the next one would end in the same way.</summary>
    public bool IsBug { get; private init; }

    /// <summary>How long it waited for its turn, which is not the receiver's time.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>The receiver gave an HTTP answer.</summary>
    public static Attempt Answered(int status) =>
        new(status is >= 200 and < 300 ? new DeliveryResult(DeliveryOutcome.Delivered) : new DeliveryResult(DeliveryOutcome.Refused, status));

    /// <summary>The notification was sent and nobody answered: it may have been shown.</summary>
    public static Attempt Unanswered(string? detail) => new(new DeliveryResult(DeliveryOutcome.Unanswered), detail);

    /// <summary>Nobody was reached.</summary>
    public static Attempt Again(string? detail) => new(null, detail);

    /// <summary>Nobody was asked.</summary>
    public static Attempt NotTried(string? detail) => new(null, detail) { IsTried = false };

    /// <summary>It ended in an exception; whether the notification was sent is not known.</summary>
    public static Attempt Failed(Exception bug) => Unanswered(bug.Message) with { IsBug = true };

    /// <summary>There is no such receiver.</summary>
    public static Attempt Hopeless(string? detail) => new(new DeliveryResult(DeliveryOutcome.Unreachable), detail, IsHopeless: true);
}
