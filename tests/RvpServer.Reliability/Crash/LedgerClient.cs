using System.Diagnostics;
using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Reliability.Crash;

/// <summary>
/// A client under load that writes down every promise: sign-in, state, property, access, watches and messages. It acts at random, is cut off when the server is
/// killed, and afterwards compares its ledger with what the server says.
/// </summary>
internal sealed class LedgerClient(Member member, Random random) : IAsyncDisposable
{
    private const int Notes = 3;
    private const int Strangers = 4;

    // To callbacks the server hands one after the other what waited while nobody was there.
    private static readonly TimeSpan MessagesWithin = TimeSpan.FromSeconds(20);

    // The server ends the oldest of more than 16; a few of ours got no answer and are not known here.
    private const int WatchesPerContact = 8;

    private static readonly string[] States = ["online", "busy", "away", "on-phone", "back-soon", "at-lunch"];

    private readonly Register state = new($"state of {member.Name}", "offline");
    private readonly Register[] notes = [.. Enumerable.Range(0, Notes).Select(i => new Register($"property {i} of {member.Name}", "none"))];
    private readonly Register[] access = [.. Enumerable.Range(0, Strangers).Select(i => new Register($"access of Stranger{i} to {member.Name}", "none"))];
    private readonly List<(string Id, Member Contact)> watches = [];
    private readonly List<(string Id, Member Contact)> ended = [];
    private readonly List<(string Text, LedgerClient To)> promised = [];
    private readonly List<string> failures = [];
    private int? signIn;
    private int written;

    public Member Member { get; } = member;

    /// <summary>Whether it goes on where it is not served, since another process of a cluster may serve it: then 503 tells nothing either.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Whom it watches all the time.</summary>
    public List<Member> Contacts { get; } = [];

    /// <summary>How many promises it was given.</summary>
    public int Promises { get; private set; }

    /// <summary>Whether the server has said that it is signed in; where its client does not know, it is not.</summary>
    public bool IsSignedIn => signIn is not null;

    /// <summary>Signs in and watches its contacts, as clients do each time.</summary>
    public async Task SignInAsync()
    {
        if (await Member.SignsIn() is not { Status: 200 }) return;
        Promises++;
        signIn = Member.Person.SignIn;
        foreach (var contact in Contacts) await WatchAsync(contact);
    }

    /// <summary>Does one thing after the other until it is stopped or cut off.</summary>
    public async Task ActAsync(IReadOnlyList<LedgerClient> others, CancellationToken stop)
    {
        var isServed = true;
        while ((isServed || GoesOn) && !stop.IsCancellationRequested)
        {
            if (!isServed) await Task.Delay(100, CancellationToken.None);
            isServed = random.Next(20) switch
            {
                < 7 => await SetStateAsync(),
                < 9 => await SetNoteAsync(),
                < 11 => await SetAccessAsync(),
                11 => await WatchAsync(Pick(others).Member),
                12 => await EndWatchAsync(),
                13 when !Member.IsPolled => await SignOutAndInAsync(),
                14 or 15 when Member.IsPolled => await Member.Polls() is not null,
                _ => await SayAsync(PickOther(others)),
            };
        }
    }

    /// <summary>Promises to any of them that were not kept, a line each. Nobody acts any more.</summary>
    public static async Task<List<string>> JudgeAllAsync(IReadOnlyList<LedgerClient> clients)
    {
        List<string> broken = [];
        foreach (var client in clients) await client.Member.HangsUp();
        foreach (var client in clients) await client.FetchAllAsync();
        foreach (var client in clients) broken.AddRange(await client.JudgeAsync());
        foreach (var client in clients) await client.FetchAllAsync();
        var began = Stopwatch.GetTimestamp();
        while (clients.Any(client => client.AwaitsMessages) && Stopwatch.GetElapsedTime(began) < MessagesWithin) await Task.Delay(50);
        foreach (var client in clients) broken.AddRange(client.JudgeMessages());
        return broken;
    }

    /// <summary>After a start: what the server has not kept, a line each.</summary>
    public async Task<List<string>> JudgeAsync()
    {
        List<string?> broken = [.. failures];
        failures.Clear();
        await Member.HangsUp();
        if (signIn is { } id && await StatusAsync(person => person.Renews(id)) is var renewed && renewed != 200)
        {
            broken.Add($"sign-in {id} of {Member.Name}: {renewed}");
            signIn = null;
        }
        await EndForgottenSignInsAsync();
        if (signIn is null) await SignInAsync();

        broken.Add(state.Judge(await Member.LooksUp(Member) ?? "no answer"));
        for (var i = 0; i < Notes; i++) broken.Add(notes[i].Judge(await ReadNoteAsync(i)));
        var list = (await Member.Tries(person => person.ReadsAcl()))?.Body ?? "";
        for (var i = 0; i < Strangers; i++) broken.Add(access[i].Judge(AccessIn(list, i)));
        foreach (var (watch, contact) in watches.ToList())
        {
            var status = await StatusAsync(person => person.Renews(int.Parse(watch, CultureInfo.InvariantCulture), contact.Person));
            if (status == 200) continue;
            broken.Add($"watch {watch} of {Member.Name} at {contact.Name}: {status}");
            watches.Remove((watch, contact));
        }
        foreach (var (watch, contact) in ended)
        {
            var status = await StatusAsync(person => person.Renews(int.Parse(watch, CultureInfo.InvariantCulture), contact.Person));
            if (status != 412) broken.Add($"watch {watch} of {Member.Name} at {contact.Name} was ended: {status}");
        }
        ended.Clear();
        return [.. broken.OfType<string>()];
    }

    /// <summary>Fetches all that waits.</summary>
    public async Task FetchAllAsync()
    {
        if (!Member.IsPolled) return;
        RawAnswer? answer;
        do answer = await Member.Polls();
        while (answer is { Status: 200 });
        if (answer is not { Status: 204 }) failures.Add($"POLL of {Member.Name}: {answer?.StatusLine ?? "no answer"}");
    }

    /// <summary>Whether some of its messages, which were answered 200, have not been shown yet.</summary>
    public bool AwaitsMessages => promised.Any(message => !message.To.Member.Shown.ContainsKey(message.Text));

    /// <summary>When everybody has fetched: messages that were answered 200 and never shown, and such as a callback was shown twice.</summary>
    public List<string> JudgeMessages()
    {
        List<string> broken = [.. promised.Where(message => !message.To.Member.Shown.ContainsKey(message.Text))
            .Select(message => $"message {message.Text} to {message.To.Member.Name}: answered 200, never shown")];
        promised.Clear();
        return broken;
    }

    /// <summary>Messages that its callback was shown more than once. A client that polls may see one again.</summary>
    public List<string> JudgeRepeated()
    {
        List<string> repeated = [];
        if (!Member.IsPolled)
            repeated.AddRange(Member.Shown.Where(message => message.Value > 1).Select(message => $"message {message.Key}: {message.Value} times"));
        Member.ForgetShown();
        return repeated;
    }

    /// <summary>Contacts that it shows in a state which they are not in.</summary>
    public async Task<List<string>> JudgePicturesAsync()
    {
        List<string> wrong = [];
        foreach (var contact in Contacts)
        {
            var truth = await Member.LooksUp(contact);
            var shown = Member.PictureOf(contact);
            if (truth is not null && shown != truth) wrong.Add($"{Member.Name} shows {contact.Name} {shown}, but {truth} is true");
        }
        return wrong;
    }

    public ValueTask DisposeAsync() => Member.DisposeAsync();

    private LedgerClient Pick(IReadOnlyList<LedgerClient> others) => others[random.Next(others.Count)];

    // Somebody else: nobody's request waits for his own callback, so a message to oneself is answered before it is shown.
    private LedgerClient PickOther(IReadOnlyList<LedgerClient> others)
    {
        LedgerClient other;
        do other = Pick(others);
        while (other == this);
        return other;
    }

    private async Task<int> StatusAsync(Func<Person, Task<RawAnswer>> ask) => StatusOf(await Member.Tries(ask));

    // It is killed, not ill: nothing may fail before.
    private int StatusOf(RawAnswer? answer)
    {
        if (GoesOn && answer is { Status: 503 }) return 0;
        if (answer is { Status: >= 500 }) failures.Add($"{Member.Name}: {answer.StatusLine}");
        return answer?.Status ?? 0;
    }

    private async Task<bool> SetStateAsync()
    {
        var wanted = States[random.Next(States.Length)];
        return Note(state, wanted, 207, await StatusAsync(person => person.SetsState(wanted)));
    }

    private async Task<bool> SetNoteAsync()
    {
        var (i, text) = (random.Next(Notes), NextText());
        return Note(notes[i], text, 207, await StatusAsync(person => person.Asks("PROPPATCH", person.Path, "",
            $"<?xml version=\"1.0\"?><d:propertyupdate {Person.Namespaces}><d:set><d:prop><f:note{i} xmlns:f='urn:f'>{text}</f:note{i}></d:prop></d:set>"
                + "</d:propertyupdate>")));
    }

    private async Task<string> ReadNoteAsync(int i)
    {
        var answer = await Member.Tries(person => person.LooksUp(person, $"<f:note{i} xmlns:f='urn:f'/>"));
        if (answer is null) return "no answer";
        return Between(answer.Body, "'urn:f'>", "</") is { Length: > 0 } note ? note : "none";
    }

    private async Task<bool> SetAccessAsync()
    {
        var i = random.Next(Strangers);
        await using var stranger = new Person(_ => throw new InvalidOperationException(), $"Stranger{i}", "im.adatum.com", "");
        var isDenied = random.Next(2) == 0;
        return Note(access[i], isDenied ? "denied" : "granted", 200,
            await StatusAsync(person => isDenied ? person.Blocks(stranger) : person.Unblocks(stranger)));
    }

    private static string AccessIn(string list, int stranger)
    {
        var entry = Between(list, $"/Stranger{stranger}</a:rvp-principal>", "</a:ace>");
        return entry is null ? "none" : entry.Contains("<a:deny><a:", StringComparison.Ordinal) ? "denied" : "granted";
    }

    private async Task<bool> WatchAsync(Member contact)
    {
        var answer = await Member.Watches(contact);
        if (answer is { Status: 207 })
        {
            Promises++;
            watches.Add((answer["Subscription-Id"]!, contact));
            if (watches.Count(watch => watch.Contact == contact) > WatchesPerContact) watches.Remove(watches.First(watch => watch.Contact == contact));
        }
        return answer is not null && !(GoesOn && answer.Status == 503);
    }

    private async Task<bool> EndWatchAsync()
    {
        // One more than it needs, so that its pictures go on.
        var (watch, contact) = watches.GroupBy(pair => pair.Contact).Where(group => group.Count() > 1).Select(group => group.First()).FirstOrDefault();
        if (watch is null) return true;
        var status = await StatusAsync(person => person.StopsWatching(contact.Person, watch));
        if (status == 200) ended.Add((watch, contact));
        watches.Remove((watch, contact));
        Promises++;
        return status != 0;
    }

    private async Task<bool> SignOutAndInAsync()
    {
        var status = await StatusAsync(person => person.SignsOut());
        signIn = null;
        if (!Note(state, "offline", 200, status)) return false;
        await SignInAsync();
        return IsSignedIn;
    }

    private async Task<bool> SayAsync(LedgerClient to)
    {
        var text = NextText();
        var status = StatusOf(await Member.Says(to.Member, text));
        if (status == 200)
        {
            Promises++;
            promised.Add((text, to));
        }
        return status != 0;
    }

    // Sign-ins whose answer was lost: what waits for them was promised too.
    private async Task EndForgottenSignInsAsync()
    {
        var known = Member.Person.SignIn;
        var listed = (await Member.Tries(person => person.ListsSignIns()))?.Body ?? "";
        foreach (var part in listed.Split("<r:subscription-id>").Skip(1))
        {
            var id = part[..part.IndexOf('<', StringComparison.Ordinal)];
            if (id == (signIn ?? 0).ToString(CultureInfo.InvariantCulture)) continue;
            await Member.EndsForgotten(id);
            state.MayHaveChanged("offline");
        }
    }

    private bool Note(Register register, string value, int expected, int status)
    {
        if (status == 0) register.MayHaveChanged(value);
        if (status != expected) return status != 0;
        register.Changed(value);
        Promises++;
        return true;
    }

    private string NextText() => string.Create(CultureInfo.InvariantCulture, $"{Member.Name}-{++written}");

    private static string? Between(string text, string before, string after)
    {
        var begin = text.IndexOf(before, StringComparison.Ordinal);
        if (begin < 0) return null;
        begin += before.Length;
        return text[begin..text.IndexOf(after, begin, StringComparison.Ordinal)];
    }
}
