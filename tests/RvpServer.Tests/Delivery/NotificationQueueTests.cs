using FsCheck.Xunit;
using Rvp.Protocol;
using RvpServer.Delivery;

namespace RvpServer.Tests.Delivery;

public sealed class NotificationQueueTests
{
    private static readonly Uri Url = new("http://127.0.0.1:1051");

    [Property]
    public bool It_gives_in_order_what_it_took_and_never_holds_more_than_its_bounds(byte[] sizes)
    {
        var queue = new NotificationQueue(maxNotifications: 5, maxBytes: 300);
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
            if (queue.Add(item) != (hasRoom ? NotificationQueue.Admission.Added : NotificationQueue.Admission.Full)) return false;
            if (hasRoom) model.Enqueue(item);
        }
        return queue.EndNow().SequenceEqual(model);
    }

    [Fact]
    public void A_queue_found_empty_is_over_for_good()
    {
        var queue = new NotificationQueue(maxNotifications: 5, maxBytes: 300);

        Assert.Equal(NotificationQueue.Admission.Added, queue.Add(Item(1)));
        Assert.NotNull(queue.HeadOrEnd());
        queue.RemoveHead();
        Assert.Null(queue.HeadOrEnd());

        Assert.Equal(NotificationQueue.Admission.Over, queue.Add(Item(1)));
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

    private static QueuedNotification Item(int size) => new(CallbackLanes.Notification(Url, new string('x', size), isPropertyChange: false), 0);
}
