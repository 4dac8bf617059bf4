using Rvp.Engine;

namespace RvpServer.Delivery;

/// <summary>
/// The notifications for one receiver. A queue lives from its first notification until it is found empty, and is never reused: the next notification makes a
/// new one. So an idle receiver costs nothing, and a queue has exactly one reader, which delivers the head before removing it.
/// <list type="bullet">
/// <item>Messages stay in order and whole, bounded in number and bytes.</item>
/// <item>News are state: those that wait are replaced by newer ones of the same contact, in their place, so that no contact waits longer for changing often.
/// So there are never more than the receiver has contacts, bounded in bytes apart from messages. News may thus overtake a message that came before
/// them, and a message never waits for more news than there were when it came. The head that is on its way stays as it is; newer news wait behind it.</item>
/// </list>
/// </summary>
internal sealed class NotificationQueue(int maxMessages, int maxBytes)
{
    /// <summary>From this number on waiting news are found by an index.</summary>
    private const int WorthAnIndex = 16;

    private readonly Lock gate = new();
    private readonly Queue<QueuedNotification> waiting = new();
    private Dictionary<(int Subscription, string From), QueuedNotification>? newsByContact;
    private int messages;
    private int messageBytes;
    private int newsBytes;
    private bool isOver;
    private bool hasEnded;
    private TaskCompletionSource? ended;

    /// <summary>Completes with the end of the queue.</summary>
    public Task Ended
    {
        get
        {
            lock (gate)
            {
                return hasEnded ? Task.CompletedTask : (ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>How many wait, with the one that is on its way.</summary>
    public int Count
    {
        get
        {
            lock (gate) return waiting.Count;
        }
    }

    /// <summary>Adds a notification. Never waits.</summary>
    /// <param name="item">The notification.</param>
    /// <param name="place">The one that waits now: the same, or an older one that tells its news, too.</param>
    /// <param name="saved">By how many bytes there are fewer now than the old and the new one together.</param>
    public Admission Add(QueuedNotification item, out QueuedNotification place, out int saved)
    {
        (place, saved) = (item, 0);
        var added = item.Notification;
        lock (gate)
        {
            if (isOver) return Admission.Over;
            var size = added.Body.Length;
            if (!added.IsPropertyChange)
            {
                if (messages >= maxMessages || size > maxBytes - messageBytes) return Admission.Full;
                messages++;
                messageBytes += size;
            }
            else if (FindOlder(added) is { } older)
            {
                var before = older.Notification.Body.Length;
                older.Add(added);
                saved = before + size - older.Notification.Body.Length;
                newsBytes += size - saved;
                place = older;
                return Admission.Merged;
            }
            else
            {
                if (size > maxBytes - newsBytes) return Admission.Full;
                newsBytes += size;
            }
            waiting.Enqueue(item);
            if (newsByContact is not null) Index(item);
            else if (waiting.Count >= WorthAnIndex) MakeIndex();
            return Admission.Added;
        }
    }

    /// <summary>The head, which stays and counts until <see cref="RemoveHead"/>; null if there is none, and then the queue has ended.</summary>
    public QueuedNotification? HeadOrEnd()
    {
        lock (gate)
        {
            if (waiting.TryPeek(out var head))
            {
                head.IsUnderWay = true;
                if (head.Notification.News is { } news) newsByContact?.Remove((head.Notification.SubscriptionId, news.From));
                return head;
            }
            isOver = true;
            return null;
        }
    }

    public void RemoveHead()
    {
        lock (gate) Forget(waiting.Dequeue());
    }

    /// <summary>
    /// The head, which are news, was not answered and is sent again: by newer ones that wait, which then tell both, or else by itself.
    /// </summary>
    /// <returns>The number of bytes by which there are fewer now.</returns>
    public int KeepHead()
    {
        lock (gate)
        {
            var head = waiting.Peek();
            if (FindOlder(head.Notification) is not { } newer)
            {
                head.IsUnderWay = false;
                if (newsByContact is not null) Index(head);
                return 0;
            }
            var before = newer.Notification.Body.Length;
            newer.TakeOver(head);
            var more = newer.Notification.Body.Length - before;
            newsBytes += more;
            Forget(waiting.Dequeue());
            return head.Notification.Body.Length - more;
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
    public void SayEnded()
    {
        lock (gate)
        {
            hasEnded = true;
            ended?.TrySetResult();
        }
    }

    private void Forget(QueuedNotification head)
    {
        if (head.Notification.IsPropertyChange)
        {
            newsBytes -= head.Notification.Body.Length;
            return;
        }
        messages--;
        messageBytes -= head.Notification.Body.Length;
    }

    private QueuedNotification? FindOlder(Notification added)
    {
        if (newsByContact is not null) return newsByContact.GetValueOrDefault((added.SubscriptionId, added.News!.From));
        foreach (var other in waiting)
            if (!other.IsUnderWay && added.Replaces(other.Notification)) return other;
        return null;
    }

    private void MakeIndex()
    {
        newsByContact = [];
        foreach (var item in waiting)
            if (!item.IsUnderWay) Index(item);
    }

    private void Index(QueuedNotification item)
    {
        if (item.Notification.News is { } news) newsByContact![(item.Notification.SubscriptionId, news.From)] = item;
    }

    /// <summary>The result of an attempt to add.</summary>
    internal enum Admission
    {
        /// <summary>It is in.</summary>
        Added,

        /// <summary>Its news are in older ones that wait.</summary>
        Merged,

        /// <summary>The limit is reached.</summary>
        Full,

        /// <summary>The queue has ended: a new one must replace it.</summary>
        Over,
    }
}
