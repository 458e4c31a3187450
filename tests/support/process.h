// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

/// Programs as children, without Qt: arguments in, exit code and both outputs out.
namespace guidino::test {

struct Outcome
{
    int exitCode = -1; ///< 128 + signal where a signal ended it; 124 where the time ran out
    std::string out;
    std::string err;
};

/// A running child with pipes. kill()ed at the end of its life.
class Process
{
public:
    using Environment = std::map<std::string, std::string>;

    explicit Process(
        const std::vector<std::string>& words,
        const Environment& environment = {},
        const std::string& stdoutFile = {})
    {
        int in[2];
        int out[2];
        int err[2];
        if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0
            || ::pipe2(err, O_CLOEXEC) != 0) {
            std::abort();
        }
        m_pid = ::fork();
        if (m_pid == 0) {
            const int file = stdoutFile.empty() ? out[1] : ::open(stdoutFile.c_str(), O_WRONLY);
            ::dup2(in[0], 0);
            ::dup2(file, 1);
            ::dup2(err[1], 2);
            for (const auto& [name, value] : environment) {
                ::setenv(name.c_str(), value.c_str(), 1);
            }
            std::vector<char*> pointers;
            for (const std::string& word : words) {
                pointers.push_back(const_cast<char*>(word.c_str()));
            }
            pointers.push_back(nullptr);
            ::execv(pointers[0], pointers.data());
            ::_exit(127);
        }
        ::close(in[0]);
        ::close(out[1]);
        ::close(err[1]);
        m_in = in[1];
        m_out = out[0];
        m_err = err[0];
    }

    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    ~Process()
    {
        closeInput();
        ::close(m_out);
        ::close(m_err);
        if (m_pid > 0) {
            ::kill(m_pid, SIGKILL);
            ::waitpid(m_pid, nullptr, 0);
        }
    }

    [[nodiscard]] pid_t pid() const { return m_pid; }

    void write(const std::string& text)
    {
        std::signal(SIGPIPE, SIG_IGN);
        std::size_t done = 0;
        while (done < text.size()) {
            const ssize_t count = ::write(m_in, text.data() + done, text.size() - done);
            if (count <= 0) {
                return;
            }
            done += static_cast<std::size_t>(count);
        }
    }

    void closeInput()
    {
        if (m_in >= 0) {
            ::close(m_in);
            m_in = -1;
        }
    }

    /// One line of stdout without its end; empty where none came in time.
    std::string readLine(int timeoutMs = 20000)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeoutMs);
        for (;;) {
            if (const std::size_t at = m_outcome.out.find('\n', m_read); at != std::string::npos) {
                std::string line = m_outcome.out.substr(m_read, at - m_read);
                m_read = at + 1;
                return line;
            }
            if (std::chrono::steady_clock::now() > end || !pump(100)) {
                return {};
            }
        }
    }

    /// Closes the input and waits for the end.
    Outcome finish(int timeoutMs = 60000)
    {
        closeInput();
        return wait(timeoutMs);
    }

    Outcome wait(int timeoutMs = 60000)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeoutMs);
        while (pump(100)) {
            if (std::chrono::steady_clock::now() > end) {
                ::kill(m_pid, SIGKILL);
                ::waitpid(m_pid, nullptr, 0);
                m_pid = -1;
                m_outcome.exitCode = 124;
                return m_outcome;
            }
        }
        int status = 0;
        ::waitpid(m_pid, &status, 0);
        m_pid = -1;
        m_outcome.exitCode = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        return m_outcome;
    }

private:
    /// Reads what is there; false once both outputs are closed.
    bool pump(int timeoutMs)
    {
        pollfd files[2] = {
            {m_isOutOpen ? m_out : -1, POLLIN, 0}, {m_isErrOpen ? m_err : -1, POLLIN, 0}};
        if (::poll(files, 2, timeoutMs) <= 0) {
            return m_isOutOpen || m_isErrOpen;
        }
        if (files[0].revents != 0) {
            m_isOutOpen = take(m_out, m_outcome.out);
        }
        if (files[1].revents != 0) {
            m_isErrOpen = take(m_err, m_outcome.err);
        }
        return m_isOutOpen || m_isErrOpen;
    }

    static bool take(int file, std::string& text)
    {
        char buffer[1 << 16];
        const ssize_t count = ::read(file, buffer, sizeof buffer);
        if (count > 0) {
            text.append(buffer, static_cast<std::size_t>(count));
        }
        return count > 0;
    }

    pid_t m_pid = -1;
    int m_in = -1;
    int m_out = -1;
    int m_err = -1;
    bool m_isOutOpen = true;
    bool m_isErrOpen = true;
    std::size_t m_read = 0;
    Outcome m_outcome;
};

inline Outcome
runProgram(const std::vector<std::string>& words, const Process::Environment& environment = {})
{
    return Process(words, environment).finish();
}

} // namespace guidino::test
