using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace RvpServer.Reliability.Soak;

/// <summary>
/// An office whose people come and go for days: they change states, talk, poll, sign in elsewhere, and now and then a client is killed or a polling one is
/// simply left. Clients renew what they have every three hours.
/// </summary>
internal sealed class WorkingDays : IAsyncDisposable
{
    private const int ContactsOfEach = 5;
    private const int StepsBetweenRenewals = 12;

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(15);
    private static readonly string[] States = ["online", "busy", "away", "on-phone", "back-soon"];

    private readonly TestServer server;
    private readonly FakeTimeProvider clock;
    private readonly Random random;
    private readonly Member[] people;
    private int requests;

    private WorkingDays(TestServer server, FakeTimeProvider clock, int people, int seed)
    {
        this.server = server;
        this.clock = clock;
        random = new Random(seed);
        this.people = [.. Enumerable.Range(0, people).Select(Come)];
    }

    /// <summary>Requests answered so far.</summary>
    public int Requests => requests;

    /// <summary>Answers that nobody should get.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Steps in an hour.</summary>
    public static int StepsPerHour { get; } = (int)(TimeSpan.FromHours(1) / Step);

    public static async Task<WorkingDays> OpenAsync(TestServer server, FakeTimeProvider clock, int people, int seed)
    {
        var days = new WorkingDays(server, clock, people, seed);
        await days.SettleAsync(Task.WhenAll(Enumerable.Range(0, people).Select(days.SignInAsync)));
        return days;
    }

    /// <summary>A quarter of an hour.</summary>
    public async Task StepAsync(int number)
    {
        var acts = people.Select((_, i) => (i, What: random.Next(100), Whom: random.Next(people.Length), State: States[random.Next(States.Length)])).ToList();
        await SettleAsync(Task.WhenAll(acts.Select(act => ActAsync(number, act.i, act.What, act.Whom, act.State))));
        await FenceAsync();
        clock.Advance(Step);
        await FenceAsync();
        foreach (var person in people) person.ForgetShown();
    }

    /// <summary>Watchers who show a state that is not true.</summary>
    public async Task<List<string>> JudgePicturesAsync()
    {
        List<string> wrong = [];
        for (var i = 0; i < people.Length; i++)
        {
            if (people[i].IsPolled) await PollAsync(people[i]);
            foreach (var contact in ContactsOf(i))
            {
                var truth = await people[i].LooksUp(contact);
                var shown = people[i].PictureOf(contact);
                if (shown != truth) wrong.Add($"{people[i].Name} shows {contact.Name} {shown}, but {truth} is true");
            }
        }
        return wrong;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in people) await person.DisposeAsync();
    }

    private Member Come(int number) =>
        new(User.NameOf(number), () => server.Port, isPolled: number % 3 == 2);

    private IEnumerable<Member> ContactsOf(int i) => Enumerable.Range(1, ContactsOfEach).Select(k => people[(i + k) % people.Length]);

    private async Task ActAsync(int step, int i, int what, int whom, string state)
    {
        if (people[i].IsPolled) await PollAsync(people[i]);
        if ((step + i) % StepsBetweenRenewals == 0) await RenewAsync(i);
        switch (what)
        {
            case < 40:
                Count(await people[i].SetsState(state));
                break;
            case < 80:
                Count(await people[i].Says(people[whom], "What about lunch?"));
                break;
            case < 90:
                Count(await people[i].Tries(person => person.SignsOut()));
                await SignInAsync(i);
                break;
            case < 95:
                // Killed, or a tab that was closed: nobody signs out.
                await people[i].DisposeAsync();
                people[i] = Come(i);
                await SignInAsync(i);
                break;
            default:
                break;
        }
    }

    private async Task SignInAsync(int i)
    {
        Count(await people[i].SignsIn());
        Count(await people[i].SetsState("online"));
        foreach (var contact in ContactsOf(i)) Count(await people[i].Watches(contact));
    }

    private async Task RenewAsync(int i)
    {
        var renewed = await people[i].Tries(person => person.Renews(person.SignIn));
        Count(renewed);
        if (renewed is not { Status: 200 })
        {
            await SignInAsync(i);
            return;
        }
        foreach (var contact in ContactsOf(i)) Count(await people[i].Watches(contact));
    }

    private async Task PollAsync(Member person)
    {
        RawAnswer? answer;
        do
        {
            answer = await person.Polls();
            Count(answer);
        }
        while (answer is { Status: 200 });
    }

    // Whoever hears himself has heard all that came before, so nothing is under way when the clock moves.
    private Task FenceAsync() => SettleAsync(Task.WhenAll(people.Where(person => !person.IsPolled).Select(async person =>
    {
        var fence = Guid.NewGuid().ToString();
        Count(await person.Says(person, fence));
        await Deadline.Until(() => person.Shown.ContainsKey(fence), fence, () => string.Join(", ", person.Shown.Keys), TimeSpan.FromSeconds(30));
    })));

    // Retries wait by the server's clock. It goes slower than the real one, so that nothing which is only slow is too late.
    private async Task SettleAsync(Task work)
    {
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(500))) != work) clock.Advance(TimeSpan.FromSeconds(0.5));
        await work;
    }

    private void Count(RawAnswer? answer)
    {
        Interlocked.Increment(ref requests);
        if (answer is { Status: < 500 }) return;
        lock (Failures) Failures.Add(answer?.Text ?? "no answer");
    }
}
