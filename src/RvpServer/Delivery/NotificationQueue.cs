namespace RvpServer.Delivery;

/// <summary>
/// The notifications for one receiver, in order, bounded in count and bytes. A queue lives from its first notification until it is found empty, and is never
/// reused: the next notification makes a new one. So an idle receiver costs nothing, and a queue has exactly one reader, which delivers the head before
/// removing it.
/// </summary>
internal sealed class NotificationQueue(int maxNotifications, int maxBytes)
{
    private readonly Lock gate = new();
    private readonly Queue<QueuedNotification> waiting = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int bytes;
    private bool isOver;

    /// <summary>Completes with the end of the queue.</summary>
    public Task Ended => ended.Task;

    /// <summary>Adds a notification at the end. Never waits.</summary>
    public Admission Add(QueuedNotification item)
    {
        lock (gate)
        {
            if (isOver) return Admission.Over;
            var size = item.Notification.Body.Length;
            if (waiting.Count >= maxNotifications || size > maxBytes - bytes) return Admission.Full;
            bytes += size;
            waiting.Enqueue(item);
            return Admission.Added;
        }
    }

    /// <summary>The head, which stays and counts until <see cref="RemoveHead"/>; null if there is none, and then the queue has ended.</summary>
    public QueuedNotification? HeadOrEnd()
    {
        lock (gate)
        {
            if (waiting.TryPeek(out var head)) return head;
            isOver = true;
            return null;
        }
    }

    public void RemoveHead()
    {
        lock (gate)
        {
            bytes -= waiting.Dequeue().Notification.Body.Length;
        }
    }

    /// <summary>Ends the queue immediately and returns its content.</summary>
    public QueuedNotification[] EndNow()
    {
        lock (gate)
        {
            isOver = true;
            var rest = waiting.ToArray();
            waiting.Clear();
            return rest;
        }
    }

    /// <summary>Tells those who wait for <see cref="Ended"/> that nothing is left.</summary>
    public void SayEnded() => ended.TrySetResult();

    /// <summary>The result of an attempt to add.</summary>
    internal enum Admission
    {
        /// <summary>It is in.</summary>
        Added,

        /// <summary>The limit is reached.</summary>
        Full,

        /// <summary>The queue has ended: a new one must replace it.</summary>
        Over,
    }
}
