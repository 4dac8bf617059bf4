using Rvp.Engine;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>News on their way into one node, in order, one at a time; bounded: beyond that the newest are dropped, since the next change tells anew.</summary>
internal sealed class NewsInbox
{
    private const int MaxWaiting = 10_000;

    private readonly Lock guard = new();
    private Queue<Notification>? waiting;

    /// <summary>Adds news; a loop of its own runs while there are any.</summary>
    public void Post(Notification news, Func<Notification, Task> take)
    {
        lock (guard)
        {
            if (waiting is not null)
            {
                if (waiting.Count < MaxWaiting) waiting.Enqueue(news);
                return;
            }
            waiting = new Queue<Notification>([news]);
        }
        _ = Task.Run(() => DrainAsync(take));
    }

    private async Task DrainAsync(Func<Notification, Task> take)
    {
        while (true)
        {
            Notification? next;
            lock (guard)
            {
                if (!waiting!.TryDequeue(out next))
                {
                    waiting = null;
                    return;
                }
            }
            try
            {
                await take(next);
            }
            catch (StoreException)
            {
                // Presence that could not be stored is not kept either; the store's own log has the reason.
            }
        }
    }
}
