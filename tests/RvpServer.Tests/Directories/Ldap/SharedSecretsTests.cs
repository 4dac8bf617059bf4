using System.Security.Cryptography;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;

namespace RvpServer.Tests.Directories.Ldap;

/// <summary>What a home server reads of a password that was set at another one, and what it does not take.</summary>
public class SharedSecretsTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);
    private static readonly Account Jo = new("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", ["JoBrown@adatum.com"], null, true) { Id = "1" };
    private static readonly AccountSecrets Secrets = LocalAccounts.MakeSecrets(Jo, "Pass-Word-1");

    [Fact]
    public void Another_server_with_the_key_reads_what_was_written()
    {
        var text = new SharedSecrets(Key, isForNtlm: true).Seal(Jo, Secrets);

        Assert.True(new SharedSecrets([.. Key], isForNtlm: true).TryOpen(Jo with { Name = "JoMoe", Addresses = [] }, text, out var read));

        Assert.Equal(Secrets.NtHash, read.NtHash);
        Assert.Equal(Secrets.Ha1.OrderBy(form => form.Key), read.Ha1.OrderBy(form => form.Key));
    }

    [Fact]
    public void Each_password_that_is_set_has_a_stamp_of_its_own_even_if_it_is_the_same()
    {
        var shared = new SharedSecrets(Key, isForNtlm: true);
        var (one, other) = (shared.Seal(Jo, Secrets), shared.Seal(Jo, Secrets));

        Assert.True(shared.TryOpen(Jo, one, out var first));
        Assert.True(shared.TryOpen(Jo, one, out var again));
        Assert.True(shared.TryOpen(Jo, other, out var second));

        Assert.Equal(first.Stamp, again.Stamp);
        Assert.NotEqual(first.Stamp, second.Stamp);
    }

    [Fact]
    public void Where_a_domain_judges_NTLM_it_is_for_Digest_alone()
    {
        var text = new SharedSecrets(Key, isForNtlm: true).Seal(Jo, Secrets);

        Assert.True(new SharedSecrets(Key, isForNtlm: false).TryOpen(Jo, text, out var read));

        Assert.Null(read.NtHash);
        Assert.NotEmpty(read.Ha1);
    }

    [Fact]
    public void A_value_copied_to_another_entry_or_made_with_another_key_is_nothing()
    {
        var shared = new SharedSecrets(Key, isForNtlm: true);
        var text = shared.Seal(Jo, Secrets);

        Assert.False(shared.TryOpen(Jo with { Id = "2" }, text, out _));
        Assert.False(shared.TryOpen(Jo with { Id = "" }, text, out _));
        Assert.False(new SharedSecrets(RandomNumberGenerator.GetBytes(32), isForNtlm: true).TryOpen(Jo, text, out _));
    }

    [Fact]
    public void Nothing_of_it_may_be_changed_cut_off_or_made_up()
    {
        var shared = new SharedSecrets(Key, isForNtlm: true);
        var bytes = Convert.FromBase64String(shared.Seal(Jo, Secrets));
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            Assert.False(shared.TryOpen(Jo, Convert.ToBase64String(changed), out _), $"byte {at}");
            Assert.False(shared.TryOpen(Jo, Convert.ToBase64String(bytes[..at]), out _), $"cut at {at}");
        }
        foreach (var text in new[] { "", " ", "not Base64", "AQ==", "{SSHA}9J2F" }) Assert.False(shared.TryOpen(Jo, text, out _), text);
    }
}
