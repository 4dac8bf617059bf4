namespace RvpServer.Delivery;

internal sealed partial class Lanes<TKey>
{
    private static partial class Log
    {
        [LoggerMessage(EventName = "ReceiverGivenUp", Level = LogLevel.Information,
            Message = "{Kind} {Receiver} cannot be reached or does not answer: given up")]
        public static partial void GivenUp(ILogger logger, string kind, TKey receiver);

        [LoggerMessage(EventName = "NotificationDropped", Level = LogLevel.Information,
            Message = "Too much waits for {Kind} {Receiver}, or the server stops: a notification is dropped")]
        public static partial void Dropped(ILogger logger, string kind, TKey receiver);

        [LoggerMessage(EventName = "NotificationUnanswered", Level = LogLevel.Information, Message = "{Kind} {Receiver} did not answer: {Reason}")]
        public static partial void Unanswered(ILogger logger, string kind, TKey receiver, string? reason);

        [LoggerMessage(EventName = "AttemptFailed", Level = LogLevel.Debug, Message = "{Kind} {Receiver} not reached in attempt {Attempt}: {Reason}")]
        public static partial void AttemptFailed(ILogger logger, string kind, TKey receiver, int attempt, string? reason);

        [LoggerMessage(EventName = "DeliveryFailed", Level = LogLevel.Error, Message = "Delivery to {Kind} {Receiver} failed by a mistake of this server")]
        public static partial void Bug(ILogger logger, Exception bug, string kind, TKey receiver);
    }
}
