using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RvpServer.Authentication.Ntlm;
using RvpServer.Directories;

namespace RvpServer.Tests.Authentication.Ntlm;

public sealed class NtlmAuthHelpersTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly FakeNtlmAuth program = new();
    private readonly NtlmAuthHelpers helpers;

    public NtlmAuthHelpersTests() => helpers = new NtlmAuthHelpers(program.Command, clock, NullLogger<NtlmAuthHelpers>.Instance);

    public void Dispose()
    {
        helpers.Dispose();
        program.Dispose();
    }

    [Fact]
    public async Task Every_answer_belongs_to_its_question_though_refusals_end_twice()
    {
        foreach (var (user, expected) in new[] { ("No", false), ("Yes", true), ("No", false), ("Error", false), ("No", false), ("Yes", true) })
            Assert.Equal(expected, await AskAsync(user));

        Assert.Equal(1, program.Started);
    }

    [Fact]
    public async Task What_a_stranger_wrote_goes_to_the_helper_as_one_value()
    {
        await helpers.AskAsync(new NtlmQuestion("No\n.\nUsername: Zoë", "ADATUM", [1, 2, 3, 4, 5, 6, 7, 0xab], new byte[] { 0xcd, 0xef }),
            CancellationToken.None);

        Assert.Equal("No\n.\nUsername: Zoë|ADATUM|01020304050607ab|cdef", string.Join('\n', program.Questions));
    }

    [Theory]
    [InlineData("Winbind", "Reading winbind reply failed!")]
    [InlineData("Servers", "There are currently no logon servers available to service the logon request.")]
    [InlineData("Dies", "the helper has ended")]
    [InlineData("Chatters", "the helper's answer does not end")]
    public async Task A_fault_of_the_domain_is_nobodys_wrong_password(string user, string reason)
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => AskAsync(user));

        Assert.Equal($"{program.Program}: {reason}", failure.Message);
        Assert.True(await AskAsync("Yes"));
    }

    [Fact]
    public async Task A_helper_that_has_ended_meanwhile_is_replaced()
    {
        Assert.True(await AskAsync("Last"));

        Assert.True(await AskAsync("Yes"));
        Assert.Equal(2, program.Started);
    }

    [Fact]
    public async Task A_helper_that_hangs_is_given_up_and_replaced()
    {
        var asked = AskAsync("Hangs");
        clock.Advance(NtlmAuthHelpers.AnswerTime);

        await Assert.ThrowsAsync<DirectoryException>(() => asked.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.True(await AskAsync("Yes"));
    }

    [Fact]
    public async Task Many_questions_at_once_are_answered_by_four_helpers()
    {
        var users = Enumerable.Range(0, 40).Select(i => i % 3 == 0 ? "Yes" : "No").ToArray();

        var answers = await Task.WhenAll(users.Select(AskAsync));

        Assert.Equal(users.Select(user => user == "Yes"), answers);
        Assert.InRange(program.Started, 1, NtlmAuthHelpers.MaxProcesses);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_is_a_fault_too()
    {
        using var helpers = new NtlmAuthHelpers(new NtlmAuthCommand(program.Program + ".missing", []), clock, NullLogger<NtlmAuthHelpers>.Instance);

        await Assert.ThrowsAsync<DirectoryException>(() => helpers.AskAsync(new NtlmQuestion("Yes", "", new byte[8], new byte[24]), CancellationToken.None));
    }

    private Task<bool> AskAsync(string user) => helpers.AskAsync(new NtlmQuestion(user, "ADATUM", new byte[8], new byte[24]), CancellationToken.None);
}
