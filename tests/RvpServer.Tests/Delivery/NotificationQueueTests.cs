using System.Text;
using FsCheck.Xunit;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Delivery;

namespace RvpServer.Tests.Delivery;

public sealed class NotificationQueueTests
{
    private static readonly Uri Url = new("http://127.0.0.1:1051");

    [Property]
    public bool It_gives_messages_in_order_and_never_holds_more_than_its_bounds(byte[] sizes)
    {
        var queue = new NotificationQueue(maxMessages: 5, maxBytes: 300);
        Queue<QueuedNotification> model = new();

        foreach (var size in sizes)
        {
            // Every seventh step takes one out.
            if (size % 7 == 0 && model.Count > 0)
            {
                if (queue.HeadOrEnd() != model.Dequeue()) return false;
                queue.RemoveHead();
            }
            var item = Item(size);
            var hasRoom = model.Count < 5 && model.Sum(other => other.Notification.Body.Length) + size <= 300;
            if (queue.Add(item, out _, out _) != (hasRoom ? NotificationQueue.Admission.Added : NotificationQueue.Admission.Full)) return false;
            if (hasRoom) model.Enqueue(item);
        }
        return queue.EndNow().SequenceEqual(model);
    }

    [Property]
    public bool The_newest_news_of_each_contact_come_last_and_no_more_wait_than_there_are_contacts(byte[] steps)
    {
        const int contacts = 40;
        var queue = new NotificationQueue(maxMessages: 0, maxBytes: 100_000);
        var (newest, seen, bytes) = (new Dictionary<string, string>(), new Dictionary<string, string>(), 0);

        for (var i = 0; i < steps.Length; i++)
        {
            var item = News("contact" + (steps[i] % contacts), $"{i}");
            if (queue.Add(item, out _, out var saved) is not (NotificationQueue.Admission.Added or NotificationQueue.Admission.Merged)) return false;
            bytes += item.Notification.Body.Length - saved;
            newest[item.Notification.From] = $"{i}";
            if (steps[i] % 5 != 0) continue;
            var head = queue.HeadOrEnd()!.Notification;
            // While it is on its way, newer news come; sometimes it is not answered.
            var more = News(head.News!.From[^9..], $"{i} while it was on its way");
            queue.Add(more, out _, out saved);
            bytes += more.Notification.Body.Length - saved;
            newest[more.Notification.From] = $"{i} while it was on its way";
            if (steps[i] % 10 == 0) bytes -= queue.KeepHead();
            else bytes -= Take(queue, head, seen);
        }
        var count = 0;
        while (newest.Count > 0 && count <= contacts && queue.HeadOrEnd() is { } head)
        {
            count++;
            bytes -= Take(queue, head.Notification, seen);
        }
        return count <= contacts && bytes == 0 && newest.All(entry => seen[entry.Key] == entry.Value);
    }

    [Fact]
    public void Unanswered_news_are_told_with_newer_ones_and_both_hear_the_result()
    {
        var queue = new NotificationQueue(maxMessages: 5, maxBytes: 10_000);
        var name = News("Jo", "name", new Property(PropertyName.DisplayName, "Jo"));
        var state = News("Jo", "state", new Property(PropertyName.State, "<r:busy/>"));
        queue.Add(name, out _, out _);
        queue.HeadOrEnd();
        queue.Add(state, out var place, out _);
        Assert.Same(state, place);

        queue.KeepHead();
        var head = queue.HeadOrEnd()!;
        queue.RemoveHead();
        head.Finish(new DeliveryResult(DeliveryOutcome.Delivered));

        Assert.Null(queue.HeadOrEnd());
        Assert.Equal([PropertyName.State, PropertyName.DisplayName], head.Notification.News!.Changes.Select(change => change.Name));
        Assert.Contains("<r:state><r:busy/></r:state><d:displayname>Jo</d:displayname>", Encoding.UTF8.GetString(head.Notification.Body.Span),
            StringComparison.Ordinal);
        Assert.True(name.Task.IsCompletedSuccessfully && state.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_queue_found_empty_is_over_for_good()
    {
        var queue = new NotificationQueue(maxMessages: 5, maxBytes: 300);

        Assert.Equal(NotificationQueue.Admission.Added, queue.Add(Item(1), out _, out _));
        Assert.NotNull(queue.HeadOrEnd());
        queue.RemoveHead();
        Assert.Null(queue.HeadOrEnd());

        Assert.Equal(NotificationQueue.Admission.Over, queue.Add(Item(1), out _, out _));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1051", "http://127.0.0.1:1051/", true)]
    [InlineData("http://PC17.adatum.com:1051/a", "http://pc17.adatum.com:1051/a", true)]
    [InlineData("http://127.0.0.1:1051", "http://127.0.0.1:1052", false)]
    [InlineData("http://127.0.0.1:1051/a", "http://127.0.0.1:1051/A", false)]
    [InlineData("http://127.0.0.1:1051/a", "http://127.0.0.1:1051/a?b", false)]
    [InlineData("http://127.0.0.1:1051", "http://127.0.0.2:1051", false)]
    public void Callbacks_are_told_apart_by_host_port_and_path(string one, string other, bool isSame)
    {
        var comparer = CallbackComparer.Instance;

        Assert.Equal(isSame, comparer.Equals(new Uri(one), new Uri(other)));
        Assert.True(!isSame || comparer.GetHashCode(new Uri(one)) == comparer.GetHashCode(new Uri(other)));
    }

    private static int Take(NotificationQueue queue, Notification head, Dictionary<string, string> seen)
    {
        seen[head.From] = Encoding.UTF8.GetString(head.Body.Span);
        queue.RemoveHead();
        return head.Body.Length;
    }

    private static QueuedNotification News(string contact, string text, params Property[] changes)
    {
        var news = CallbackLanes.Notification(Url, text, isPropertyChange: true, contact.PadLeft(9, '-'));
        return new(news with { News = news.News! with { Changes = changes } }, 0);
    }

    private static QueuedNotification Item(int size) => new(CallbackLanes.Notification(Url, new string('x', size), isPropertyChange: false), 0);
}
