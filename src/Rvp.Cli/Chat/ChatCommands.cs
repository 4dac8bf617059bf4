using Rvp.Protocol;

namespace Rvp.Cli.Chat;

/// <summary>The chat commands: lines that begin with a slash.</summary>
internal sealed class ChatCommands(ChatLoop chat)
{
    private static readonly string[] Help =
    [
        "/to ADDRESS…       talk with someone, or with several people",
        "/add ADDRESS…      take more people into this conversation",
        "/1 /2 …            go over to another conversation; so do Alt-1, Alt-2 …, Alt-Up, Alt-Down, and Alt-A to what is unread",
        "/leave             leave this conversation",
        "/who               who is there",
        "/online /busy /away /back-soon /on-phone /at-lunch /invisible: what others see",
        "/block ADDRESS     block someone, or a whole domain; /unblock ADDRESS",
        "/watchers          who watches you",
        "/quit              end; a line that begins with a slash is written with two",
    ];

    /// <summary>Runs one command; false to end the chat.</summary>
    public async Task<bool> DoAsync(string line, CancellationToken stop)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var command = words[0][1..].ToLowerInvariant();
        var rest = words[1..];
        switch (command)
        {
            case "quit" or "q" or "exit":
                return false;
            case "help" or "h" or "?":
                foreach (var text in Help) chat.Screen.Note(text);
                break;
            case "to":
                await chat.TalkToAsync(People(rest), stop);
                break;
            case "add":
                await AddAsync(People(rest), stop);
                break;
            case "leave":
                await chat.LeaveAsync(stop);
                break;
            case "who":
                ShowWho();
                break;
            case "watchers":
                chat.Screen.Note(string.Join(", ", await chat.Client.DescribeWatchersAsync(stop)) is { Length: > 0 } names ? names : "Nobody watches you.");
                break;
            case "block" or "unblock":
                await BlockAsync(rest, command == "block", stop);
                break;
            default:
                await SwitchOrSetStateAsync(command, stop);
                break;
        }
        return true;
    }

    private async Task AddAsync(IReadOnlyList<ImAddress> people, CancellationToken stop)
    {
        if (chat.Talks.Current is not { } talk) throw new ClientUsageException("Write /to ADDRESS first.");
        foreach (var person in people) await talk.Conversation.AddAsync(person, stop);
        chat.Screen.Show(talk);
        chat.Screen.Note($"Talking with {talk.Addresses}.");
    }

    private async Task BlockAsync(string[] words, bool isBlock, CancellationToken stop)
    {
        if (words.Length == 0) throw new ClientUsageException("Name an address or a domain.");
        foreach (var target in words.Select(BlockTarget.Parse).ToList())
        {
            chat.Screen.Note(await target.ApplyAsync(chat.Client, isBlock, stop));
        }
    }

    private async Task SwitchOrSetStateAsync(string command, CancellationToken stop)
    {
        if (int.TryParse(command, out var number))
        {
            if (!chat.Switch(number, stop)) throw new ClientUsageException($"There is no conversation {number}; /who lists them.");
            return;
        }
        if (!PresenceStates.TryParseName(command, out var state)) throw new ClientUsageException($"/{command} is no command; /help lists them.");
        await chat.State.ChooseAsync(state, stop);
        chat.Screen.Note($"You are {command}.");
    }

    private void ShowWho()
    {
        foreach (var contact in chat.Client.Contacts.OrderBy(contact => contact.Address.ToString(), StringComparer.OrdinalIgnoreCase))
            chat.Screen.Note($"{contact.DisplayName} ({contact.Address.Shown}) is {PresenceStates.NameOf(contact.State)}.");
        foreach (var conversation in chat.Describe()) chat.Screen.Note(conversation);
    }

    private static List<ImAddress> People(string[] words) =>
        words.Length > 0 ? [.. words.Select(AccountChoice.ParseAddress)] : throw new ClientUsageException("Name an address.");
}
