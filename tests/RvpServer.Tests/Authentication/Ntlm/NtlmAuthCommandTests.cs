using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;

namespace RvpServer.Tests.Authentication.Ntlm;

public sealed class NtlmAuthCommandTests : IDisposable
{
    private readonly FakeNtlmAuth program = new();

    public void Dispose() => program.Dispose();

    [Theory]
    [InlineData("", "--helper-protocol=ntlm-server-1")]
    [InlineData(" --configfile=/etc/smb.conf  --allow-mschapv2", "--configfile=/etc/smb.conf|--allow-mschapv2|--helper-protocol=ntlm-server-1")]
    [InlineData(" \"--configfile=/etc/my smb.conf\" --helper-protocol=ntlm-server-1", "--configfile=/etc/my smb.conf|--helper-protocol=ntlm-server-1")]
    public void A_command_line_is_a_program_and_its_arguments(string rest, string expected)
    {
        var command = NtlmAuthCommand.Parse($"\"{program.Program}\"{rest}");

        Assert.Equal(program.Program, command.Program);
        Assert.Equal(expected.Split('|'), command.Arguments);
    }

    [Fact]
    public void A_bare_name_is_looked_for_where_programs_are() => Assert.EndsWith("/sh", NtlmAuthCommand.Parse("sh").Program, StringComparison.Ordinal);

    [Theory]
    [InlineData("  ", "write the path of ntlm_auth")]
    [InlineData("/no/such/program", "there is no program /no/such/program: install Samba's winbind, or write the path of ntlm_auth")]
    [InlineData("/etc/passwd", "/etc/passwd cannot be executed")]
    public void A_program_that_is_none_is_one_clear_line(string line, string cure)
    {
        var mistake = Assert.Throws<ConfigurationException>(() => NtlmAuthCommand.Parse(line));

        Assert.Equal([$"Rvp:Authentication:NtlmAuthHelper is \"{line}\": {cure}"], mistake.Lines);
    }
}
