//! The table: one row per A64 encoding (Arm ARM, DDI 0487, chapter C4).
//!
//! A row is the encoding's name, its bits (bit 31 first; `0`/`1` fixed, a letter for each bit of a
//! field: n Rn, d Rd, t Rt, m Rm, a Ra, i immediate, z size or sf, c condition, s shift, o option …;
//! spaces are for the eye), the feature it came with, and `=>` its meaning: a function of `lift`,
//! called with the emitter, the instruction and the arguments given. Without a meaning the
//! encoding is known and not implemented; it raises SIGILL and says so in the log. Where two rows
//! match, the one with more fixed bits wins.
//!
//! Everything else (decoder, dispatch tables, printer, fuzzers, support page) derives from here, by
//! handing a macro to `for_each_encoding!`.

/// Calls `$m! { rows }`.
#[macro_export]
macro_rules! for_each_encoding {
    ($m:ident) => {
        $m! {
            // ── Data processing, immediate (C4.1.92) ──────────────────────────────────────────
            // PC-relative addressing
            ADR                 "0ii10000iiiiiiiiiiiiiiiiiiiddddd" BASE => imm::adr();
            ADRP                "1ii10000iiiiiiiiiiiiiiiiiiiddddd" BASE => imm::adrp();
            // Add/subtract (immediate)
            ADD_imm             "z00100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(false, false);
            ADDS_imm            "z01100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(false, true);
            SUB_imm             "z10100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(true, false);
            SUBS_imm            "z11100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(true, true);
            // Logical (immediate)
            AND_imm             "z00100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::And, false);
            ORR_imm             "z01100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::Orr, false);
            EOR_imm             "z10100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::Eor, false);
            ANDS_imm            "z11100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::And, true);
            // Move wide (immediate)
            MOVN                "z00100101hhiiiiiiiiiiiiiiiiddddd" BASE => imm::movn();
            MOVZ                "z10100101hhiiiiiiiiiiiiiiiiddddd" BASE => imm::movz();
            MOVK                "z11100101hhiiiiiiiiiiiiiiiiddddd" BASE => imm::movk();
            // Bitfield
            SBFM                "z00100110Nrrrrrrssssssnnnnnddddd" BASE => imm::bitfield(true);
            BFM                 "z01100110Nrrrrrrssssssnnnnnddddd" BASE => imm::bfm();
            UBFM                "z10100110Nrrrrrrssssssnnnnnddddd" BASE => imm::bitfield(false);
            // Extract
            EXTR                "z00100111N0mmmmmssssssnnnnnddddd" BASE => imm::extr();

            // ── Data processing, register (C4.1.95) ───────────────────────────────────────────
            // Data-processing (2 source)
            UDIV                "z0011010110mmmmm000010nnnnnddddd" BASE => reg::two_source(Int2::Udiv);
            SDIV                "z0011010110mmmmm000011nnnnnddddd" BASE => reg::two_source(Int2::Sdiv);
            LSLV                "z0011010110mmmmm001000nnnnnddddd" BASE => reg::two_source(Int2::Lsl);
            LSRV                "z0011010110mmmmm001001nnnnnddddd" BASE => reg::two_source(Int2::Lsr);
            ASRV                "z0011010110mmmmm001010nnnnnddddd" BASE => reg::two_source(Int2::Asr);
            RORV                "z0011010110mmmmm001011nnnnnddddd" BASE => reg::two_source(Int2::Ror);
            CRC32B              "00011010110mmmmm010000nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32b);
            CRC32H              "00011010110mmmmm010001nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32h);
            CRC32W              "00011010110mmmmm010010nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32w);
            CRC32X              "10011010110mmmmm010011nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32x);
            CRC32CB             "00011010110mmmmm010100nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32cb);
            CRC32CH             "00011010110mmmmm010101nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32ch);
            CRC32CW             "00011010110mmmmm010110nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32cw);
            CRC32CX             "10011010110mmmmm010111nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32cx);
            // Data-processing (1 source)
            RBIT                "z101101011000000000000nnnnnddddd" BASE => reg::one_source(Int1::Rbit);
            REV16               "z101101011000000000001nnnnnddddd" BASE => reg::one_source(Int1::Rev16);
            REV_w               "0101101011000000000010nnnnnddddd" BASE => reg::one_source(Int1::Rev);
            REV32               "1101101011000000000010nnnnnddddd" BASE => reg::one_source(Int1::Rev32);
            REV_x               "1101101011000000000011nnnnnddddd" BASE => reg::one_source(Int1::Rev);
            CLZ                 "z101101011000000000100nnnnnddddd" BASE => reg::one_source(Int1::Clz);
            CLS                 "z101101011000000000101nnnnnddddd" BASE => reg::one_source(Int1::Cls);
            // Logical (shifted register)
            AND_reg             "z0001010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::And, false);
            BIC_reg             "z0001010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Bic, false);
            ORR_reg             "z0101010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Orr, false);
            ORN_reg             "z0101010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Orn, false);
            EOR_reg             "z1001010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Eor, false);
            EON_reg             "z1001010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Eon, false);
            ANDS_reg            "z1101010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::And, true);
            BICS_reg            "z1101010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Bic, true);
            // Add/subtract (shifted register)
            ADD_reg             "z0001011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(false, false);
            ADDS_reg            "z0101011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(false, true);
            SUB_reg             "z1001011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(true, false);
            SUBS_reg            "z1101011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(true, true);
            // Add/subtract (extended register)
            ADD_ext             "z0001011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(false, false);
            ADDS_ext            "z0101011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(false, true);
            SUB_ext             "z1001011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(true, false);
            SUBS_ext            "z1101011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(true, true);
            // Add/subtract (with carry)
            ADC                 "z0011010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(false, false);
            ADCS                "z0111010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(false, true);
            SBC                 "z1011010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(true, false);
            SBCS                "z1111010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(true, true);
            // Conditional compare (register, immediate)
            CCMN_reg            "z0111010010mmmmmcccc00nnnnn0ffff" BASE => reg::cond_compare(false, false);
            CCMP_reg            "z1111010010mmmmmcccc00nnnnn0ffff" BASE => reg::cond_compare(true, false);
            CCMN_imm            "z0111010010iiiiicccc10nnnnn0ffff" BASE => reg::cond_compare(false, true);
            CCMP_imm            "z1111010010iiiiicccc10nnnnn0ffff" BASE => reg::cond_compare(true, true);
            // Conditional select
            CSEL                "z0011010100mmmmmcccc00nnnnnddddd" BASE => reg::cond_select(CondSelect::Same);
            CSINC               "z0011010100mmmmmcccc01nnnnnddddd" BASE => reg::cond_select(CondSelect::Increment);
            CSINV               "z1011010100mmmmmcccc00nnnnnddddd" BASE => reg::cond_select(CondSelect::Invert);
            CSNEG               "z1011010100mmmmmcccc01nnnnnddddd" BASE => reg::cond_select(CondSelect::Negate);
            // Data-processing (3 source)
            MADD                "z0011011000mmmmm0aaaaannnnnddddd" BASE => reg::multiply_add(false);
            MSUB                "z0011011000mmmmm1aaaaannnnnddddd" BASE => reg::multiply_add(true);
            SMADDL              "10011011001mmmmm0aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Smull, false);
            SMSUBL              "10011011001mmmmm1aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Smull, true);
            SMULH               "10011011010mmmmm0aaaaannnnnddddd" BASE => reg::multiply_high(Int2::Smulh);
            UMADDL              "10011011101mmmmm0aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Umull, false);
            UMSUBL              "10011011101mmmmm1aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Umull, true);
            UMULH               "10011011110mmmmm0aaaaannnnnddddd" BASE => reg::multiply_high(Int2::Umulh);

            // ── Branches, exceptions, system (C4.1.93) ────────────────────────────────────────
            B_cond              "01010100iiiiiiiiiiiiiiiiiii0cccc" BASE => branch::b_cond();
            B                   "000101iiiiiiiiiiiiiiiiiiiiiiiiii" BASE => branch::b(false);
            BL                  "100101iiiiiiiiiiiiiiiiiiiiiiiiii" BASE => branch::b(true);
            CBZ                 "z0110100iiiiiiiiiiiiiiiiiiittttt" BASE => branch::compare_branch(true);
            CBNZ                "z0110101iiiiiiiiiiiiiiiiiiittttt" BASE => branch::compare_branch(false);
            TBZ                 "b0110110bbbbbiiiiiiiiiiiiiittttt" BASE => branch::test_branch(true);
            TBNZ                "b0110111bbbbbiiiiiiiiiiiiiittttt" BASE => branch::test_branch(false);
            BR                  "1101011000011111000000nnnnn00000" BASE => branch::register(Indirect::Jump);
            BLR                 "1101011000111111000000nnnnn00000" BASE => branch::register(Indirect::Call);
            RET                 "1101011001011111000000nnnnn00000" BASE => branch::register(Indirect::Return);
            // Exception generation
            SVC                 "11010100000iiiiiiiiiiiiiiii00001" BASE => branch::svc();
            BRK                 "11010100001iiiiiiiiiiiiiiii00000" BASE => branch::brk();
            // END: branches and exceptions

            // ── System instructions (C4.1.93) ─────────────────────────────────────────────────
            // Hints, barriers
            HINT                "11010101000000110010mmmmooo11111" BASE => system::hint();
            WFET                "110101010000001100010000000ttttt" WFxT => system::hint();
            WFIT                "110101010000001100010000001ttttt" WFxT => system::hint();
            CLREX               "11010101000000110011mmmm01011111" BASE => exclusive::clear();
            DSB                 "11010101000000110011mmmm10011111" BASE => system::barrier();
            DMB                 "11010101000000110011mmmm10111111" BASE => system::barrier();
            ISB                 "11010101000000110011mmmm11011111" BASE => system::instruction_barrier();
            SB                  "11010101000000110011000011111111" SB => system::instruction_barrier();
            // PSTATE
            CFINV               "11010101000000000100mmmm00011111" FlagM => system::cfinv();
            XAFLAG              "11010101000000000100mmmm00111111" FlagM2 => system::xaflag();
            AXFLAG              "11010101000000000100mmmm01011111" FlagM2 => system::axflag();
            MSR_SSBS_imm        "11010101000000110100mmmm00111111" SSBS => system::msr_immediate(SysReg::Ssbs);
            MSR_DIT_imm         "11010101000000110100mmmm01011111" DIT => system::msr_immediate(SysReg::Dit);
            RMIF                "10111010000iiiiii00001nnnnn0ffff" FlagM => system::rmif();
            SETF8               "0011101000000000000010nnnnn01101" FlagM => system::setf(7);
            SETF16              "0011101000000000010010nnnnn01101" FlagM => system::setf(15);
            // System registers, cache maintenance
            MRS                 "110101010011ooooooooooooooottttt" BASE => system::mrs();
            MSR                 "110101010001ooooooooooooooottttt" BASE => system::msr();
            DC_ZVA              "110101010000101101110100001ttttt" BASE => system::dc_zva();
            IC_IVAU             "110101010000101101110101001ttttt" BASE => system::ic_ivau();
            DC_CVAC             "110101010000101101111010001ttttt" BASE => system::dc_clean();
            DC_CVAU             "110101010000101101111011001ttttt" BASE => system::dc_clean();
            DC_CVAP             "110101010000101101111100001ttttt" DPB => system::dc_clean();
            DC_CVADP            "110101010000101101111101001ttttt" DPB2 => system::dc_clean();
            DC_CIVAC            "110101010000101101111110001ttttt" BASE => system::dc_clean();
            // Exceptions that a program may not raise
            HVC                 "11010100000iiiiiiiiiiiiiiii00010" BASE => system::undefined();
            SMC                 "11010100000iiiiiiiiiiiiiiii00011" BASE => system::undefined();
            HLT                 "11010100010iiiiiiiiiiiiiiii00000" BASE => system::undefined();
            DCPS1               "11010100101iiiiiiiiiiiiiiii00001" BASE => system::undefined();
            DCPS2               "11010100101iiiiiiiiiiiiiiii00010" BASE => system::undefined();
            DCPS3               "11010100101iiiiiiiiiiiiiiii00011" BASE => system::undefined();
            ERET                "11010110100111110000001111100000" BASE => system::undefined();
            DRPS                "11010110101111110000001111100000" BASE => system::undefined();
            UDF                 "0000000000000000iiiiiiiiiiiiiiii" BASE => system::undefined();
            // END: system

            // ── Loads and stores (C4.1.94) ────────────────────────────────────────────────────
            // Load/store register (unsigned immediate)
            STRB_imm            "0011100100iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Unsigned);
            LDRB_imm            "0011100101iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Unsigned);
            LDRSB_x_imm         "0011100110iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Unsigned);
            LDRSB_w_imm         "0011100111iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Unsigned);
            STRH_imm            "0111100100iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Unsigned);
            LDRH_imm            "0111100101iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Unsigned);
            LDRSH_x_imm         "0111100110iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Unsigned);
            LDRSH_w_imm         "0111100111iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Unsigned);
            STR_w_imm           "1011100100iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Unsigned);
            LDR_w_imm           "1011100101iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Unsigned);
            LDRSW_imm           "1011100110iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Unsigned);
            STR_x_imm           "1111100100iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Unsigned);
            LDR_x_imm           "1111100101iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Unsigned);
            PRFM_imm            "1111100110iiiiiiiiiiiinnnnnttttt" BASE => load_store::prefetch();
            // Load/store register (unscaled immediate)
            STURB               "00111000000iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Unscaled);
            LDURB               "00111000010iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Unscaled);
            LDURSB_x            "00111000100iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Unscaled);
            LDURSB_w            "00111000110iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Unscaled);
            STURH               "01111000000iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Unscaled);
            LDURH               "01111000010iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Unscaled);
            LDURSH_x            "01111000100iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Unscaled);
            LDURSH_w            "01111000110iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Unscaled);
            STUR_w              "10111000000iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Unscaled);
            LDUR_w              "10111000010iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Unscaled);
            LDURSW              "10111000100iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Unscaled);
            STUR_x              "11111000000iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Unscaled);
            LDUR_x              "11111000010iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Unscaled);
            PRFUM               "11111000100iiiiiiiii00nnnnnttttt" BASE => load_store::prefetch();
            // Load/store register (immediate post-indexed)
            STRB_post           "00111000000iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Post);
            LDRB_post           "00111000010iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Post);
            LDRSB_x_post        "00111000100iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Post);
            LDRSB_w_post        "00111000110iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Post);
            STRH_post           "01111000000iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Post);
            LDRH_post           "01111000010iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Post);
            LDRSH_x_post        "01111000100iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Post);
            LDRSH_w_post        "01111000110iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Post);
            STR_w_post          "10111000000iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Post);
            LDR_w_post          "10111000010iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Post);
            LDRSW_post          "10111000100iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Post);
            STR_x_post          "11111000000iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Post);
            LDR_x_post          "11111000010iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Post);
            // Load/store register (immediate pre-indexed)
            STRB_pre            "00111000000iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Pre);
            LDRB_pre            "00111000010iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Pre);
            LDRSB_x_pre         "00111000100iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Pre);
            LDRSB_w_pre         "00111000110iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Pre);
            STRH_pre            "01111000000iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Pre);
            LDRH_pre            "01111000010iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Pre);
            LDRSH_x_pre         "01111000100iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Pre);
            LDRSH_w_pre         "01111000110iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Pre);
            STR_w_pre           "10111000000iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Pre);
            LDR_w_pre           "10111000010iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Pre);
            LDRSW_pre           "10111000100iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Pre);
            STR_x_pre           "11111000000iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Pre);
            LDR_x_pre           "11111000010iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Pre);
            // Load/store register (unprivileged)
            STTRB               "00111000000iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Unscaled);
            LDTRB               "00111000010iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Unscaled);
            LDTRSB_x            "00111000100iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Unscaled);
            LDTRSB_w            "00111000110iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Unscaled);
            STTRH               "01111000000iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Unscaled);
            LDTRH               "01111000010iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Unscaled);
            LDTRSH_x            "01111000100iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Unscaled);
            LDTRSH_w            "01111000110iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Unscaled);
            STTR_w              "10111000000iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Unscaled);
            LDTR_w              "10111000010iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Unscaled);
            LDTRSW              "10111000100iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Unscaled);
            STTR_x              "11111000000iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Unscaled);
            LDTR_x              "11111000010iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Unscaled);
            // Load/store register (register offset)
            STRB_reg            "00111000001mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Register);
            LDRB_reg            "00111000011mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Register);
            LDRSB_x_reg         "00111000101mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Register);
            LDRSB_w_reg         "00111000111mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Register);
            STRH_reg            "01111000001mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Register);
            LDRH_reg            "01111000011mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Register);
            LDRSH_x_reg         "01111000101mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Register);
            LDRSH_w_reg         "01111000111mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Register);
            STR_w_reg           "10111000001mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Register);
            LDR_w_reg           "10111000011mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Register);
            LDRSW_reg           "10111000101mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Register);
            STR_x_reg           "11111000001mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Register);
            LDR_x_reg           "11111000011mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Register);
            PRFM_reg            "11111000101mmmmmo1os10nnnnnttttt" BASE => load_store::prefetch();
            // Load/store register (unsigned immediate), SIMD&FP
            STR_b_imm           "0011110100iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Unsigned);
            LDR_b_imm           "0011110101iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Unsigned);
            STR_h_imm           "0111110100iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Unsigned);
            LDR_h_imm           "0111110101iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Unsigned);
            STR_s_imm           "1011110100iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Unsigned);
            LDR_s_imm           "1011110101iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Unsigned);
            STR_d_imm           "1111110100iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Unsigned);
            LDR_d_imm           "1111110101iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Unsigned);
            STR_q_imm           "0011110110iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Unsigned);
            LDR_q_imm           "0011110111iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Unsigned);
            // Load/store register (unscaled immediate), SIMD&FP
            STUR_b              "00111100000iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Unscaled);
            LDUR_b              "00111100010iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Unscaled);
            STUR_h              "01111100000iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Unscaled);
            LDUR_h              "01111100010iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Unscaled);
            STUR_s              "10111100000iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Unscaled);
            LDUR_s              "10111100010iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Unscaled);
            STUR_d              "11111100000iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Unscaled);
            LDUR_d              "11111100010iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Unscaled);
            STUR_q              "00111100100iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Unscaled);
            LDUR_q              "00111100110iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Unscaled);
            // Load/store register (immediate post-indexed), SIMD&FP
            STR_b_post          "00111100000iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Post);
            LDR_b_post          "00111100010iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Post);
            STR_h_post          "01111100000iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Post);
            LDR_h_post          "01111100010iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Post);
            STR_s_post          "10111100000iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Post);
            LDR_s_post          "10111100010iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Post);
            STR_d_post          "11111100000iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Post);
            LDR_d_post          "11111100010iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Post);
            STR_q_post          "00111100100iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Post);
            LDR_q_post          "00111100110iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Post);
            // Load/store register (immediate pre-indexed), SIMD&FP
            STR_b_pre           "00111100000iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Pre);
            LDR_b_pre           "00111100010iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Pre);
            STR_h_pre           "01111100000iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Pre);
            LDR_h_pre           "01111100010iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Pre);
            STR_s_pre           "10111100000iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Pre);
            LDR_s_pre           "10111100010iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Pre);
            STR_d_pre           "11111100000iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Pre);
            LDR_d_pre           "11111100010iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Pre);
            STR_q_pre           "00111100100iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Pre);
            LDR_q_pre           "00111100110iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Pre);
            // Load/store register (register offset), SIMD&FP
            STR_b_reg           "00111100001mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Register);
            LDR_b_reg           "00111100011mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Register);
            STR_h_reg           "01111100001mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Register);
            LDR_h_reg           "01111100011mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Register);
            STR_s_reg           "10111100001mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Register);
            LDR_s_reg           "10111100011mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Register);
            STR_d_reg           "11111100001mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Register);
            LDR_d_reg           "11111100011mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Register);
            STR_q_reg           "00111100101mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Register);
            LDR_q_reg           "00111100111mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Register);
            // Load register (literal)
            LDR_w_lit           "00011000iiiiiiiiiiiiiiiiiiittttt" BASE => load_store::literal(Width::S, Move::Load);
            LDR_x_lit           "01011000iiiiiiiiiiiiiiiiiiittttt" BASE => load_store::literal(Width::D, Move::Load);
            LDRSW_lit           "10011000iiiiiiiiiiiiiiiiiiittttt" BASE => load_store::literal(Width::S, Move::Signed(Size::X));
            PRFM_lit            "11011000iiiiiiiiiiiiiiiiiiittttt" BASE => load_store::prefetch();
            LDR_s_lit           "00011100iiiiiiiiiiiiiiiiiiittttt" FP => load_store::literal_v(Width::S);
            LDR_d_lit           "01011100iiiiiiiiiiiiiiiiiiittttt" FP => load_store::literal_v(Width::D);
            LDR_q_lit           "10011100iiiiiiiiiiiiiiiiiiittttt" FP => load_store::literal_v(Width::Q);
            // Load/store no-allocate pair (offset)
            STNP_w              "0010100000iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Store, Mode::Offset);
            STNP_x              "1010100000iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Store, Mode::Offset);
            LDNP_w              "0010100001iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Load, Mode::Offset);
            LDNP_x              "1010100001iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Load, Mode::Offset);
            STNP_s              "0010110000iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Store, Mode::Offset);
            STNP_d              "0110110000iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Store, Mode::Offset);
            STNP_q              "1010110000iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Store, Mode::Offset);
            LDNP_s              "0010110001iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Load, Mode::Offset);
            LDNP_d              "0110110001iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Load, Mode::Offset);
            LDNP_q              "1010110001iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Load, Mode::Offset);
            // Load/store register pair (offset)
            STP_w               "0010100100iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Store, Mode::Offset);
            STP_x               "1010100100iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Store, Mode::Offset);
            LDP_w               "0010100101iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Load, Mode::Offset);
            LDP_x               "1010100101iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Load, Mode::Offset);
            LDPSW               "0110100101iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Signed(Size::X), Mode::Offset);
            STGP                "0110100100iiiiiiiaaaaannnnnttttt" MTE;
            STP_s               "0010110100iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Store, Mode::Offset);
            STP_d               "0110110100iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Store, Mode::Offset);
            STP_q               "1010110100iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Store, Mode::Offset);
            LDP_s               "0010110101iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Load, Mode::Offset);
            LDP_d               "0110110101iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Load, Mode::Offset);
            LDP_q               "1010110101iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Load, Mode::Offset);
            // Load/store register pair (post-indexed)
            STP_w_post          "0010100010iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Store, Mode::Post);
            STP_x_post          "1010100010iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Store, Mode::Post);
            LDP_w_post          "0010100011iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Load, Mode::Post);
            LDP_x_post          "1010100011iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Load, Mode::Post);
            LDPSW_post          "0110100011iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Signed(Size::X), Mode::Post);
            STGP_post           "0110100010iiiiiiiaaaaannnnnttttt" MTE;
            STP_s_post          "0010110010iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Store, Mode::Post);
            STP_d_post          "0110110010iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Store, Mode::Post);
            STP_q_post          "1010110010iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Store, Mode::Post);
            LDP_s_post          "0010110011iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Load, Mode::Post);
            LDP_d_post          "0110110011iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Load, Mode::Post);
            LDP_q_post          "1010110011iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Load, Mode::Post);
            // Load/store register pair (pre-indexed)
            STP_w_pre           "0010100110iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Store, Mode::Pre);
            STP_x_pre           "1010100110iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Store, Mode::Pre);
            LDP_w_pre           "0010100111iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Load, Mode::Pre);
            LDP_x_pre           "1010100111iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Load, Mode::Pre);
            LDPSW_pre           "0110100111iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Signed(Size::X), Mode::Pre);
            STGP_pre            "0110100110iiiiiiiaaaaannnnnttttt" MTE;
            STP_s_pre           "0010110110iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Store, Mode::Pre);
            STP_d_pre           "0110110110iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Store, Mode::Pre);
            STP_q_pre           "1010110110iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Store, Mode::Pre);
            LDP_s_pre           "0010110111iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Load, Mode::Pre);
            LDP_d_pre           "0110110111iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Load, Mode::Pre);
            LDP_q_pre           "1010110111iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Load, Mode::Pre);
            // Load/store exclusive and ordered
            STXR                "zz001000000sssss0uuuuunnnnnttttt" BASE => exclusive::store();
            STLXR               "zz001000000sssss1uuuuunnnnnttttt" BASE => exclusive::store();
            LDXR                "zz001000010uuuuu0uuuuunnnnnttttt" BASE => exclusive::load();
            LDAXR               "zz001000010uuuuu1uuuuunnnnnttttt" BASE => exclusive::load();
            STXP                "1z001000001sssss0aaaaannnnnttttt" BASE => exclusive::store_pair();
            STLXP               "1z001000001sssss1aaaaannnnnttttt" BASE => exclusive::store_pair();
            LDXP                "1z001000011uuuuu0aaaaannnnnttttt" BASE => exclusive::load_pair();
            LDAXP               "1z001000011uuuuu1aaaaannnnnttttt" BASE => exclusive::load_pair();
            STLR                "zz001000100uuuuu1uuuuunnnnnttttt" BASE => exclusive::store_ordered();
            LDAR                "zz001000110uuuuu1uuuuunnnnnttttt" BASE => exclusive::load_ordered();
            STLLR               "zz001000100uuuuu0uuuuunnnnnttttt" LOR => exclusive::store_ordered();
            LDLAR               "zz001000110uuuuu0uuuuunnnnnttttt" LOR => exclusive::load_ordered();
            LDAPR               "zz11100010111111110000nnnnnttttt" LRCPC => exclusive::load_ordered();
            // LDAPR/STLR (unscaled immediate)
            STLUR               "zz011001000iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::store_ordered_unscaled();
            LDAPUR              "zz011001010iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Load);
            LDAPURSB_x          "00011001100iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::X));
            LDAPURSH_x          "01011001100iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::X));
            LDAPURSW_x          "10011001100iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::X));
            LDAPURSB_w          "00011001110iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::W));
            LDAPURSH_w          "01011001110iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::W));
            // Compare and swap
            CASP                "0z0010000l1ssssso11111nnnnnttttt" LSE => atomics::compare_and_swap_pair();
            CAS                 "zz0010001l1ssssso11111nnnnnttttt" LSE => atomics::compare_and_swap();
            // Atomic memory operations
            LDADD               "zz111000ar1sssss000000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Add);
            LDCLR               "zz111000ar1sssss000100nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Clr);
            LDEOR               "zz111000ar1sssss001000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Eor);
            LDSET               "zz111000ar1sssss001100nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Set);
            LDSMAX              "zz111000ar1sssss010000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Smax);
            LDSMIN              "zz111000ar1sssss010100nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Smin);
            LDUMAX              "zz111000ar1sssss011000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Umax);
            LDUMIN              "zz111000ar1sssss011100nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Umin);
            SWP                 "zz111000ar1sssss100000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Swap);
            // Load/store register (pointer authentication), 64-byte and 128-bit atomics
            LDRAA               "111110000i1iiiiiiiiiw1nnnnnttttt" PAuth;
            LDRAB               "111110001i1iiiiiiiiiw1nnnnnttttt" PAuth;
            ST64B               "1111100000111111100100nnnnnttttt" LS64;
            ST64BV              "11111000001sssss101100nnnnnttttt" LS64;
            ST64BV0             "11111000001sssss101000nnnnnttttt" LS64;
            LD64B               "1111100000111111110100nnnnnttttt" LS64;
            LDCLRP              "00011001ar1uuuuu000100nnnnnttttt" LSE128;
            LDSETP              "00011001ar1uuuuu001100nnnnnttttt" LSE128;
            SWPP                "00011001ar1uuuuu100000nnnnnttttt" LSE128;
            // Memory copy and set, memory tags
            STG_post            "11011001001iiiiiiiii01nnnnnttttt" MTE;
            STG_off             "11011001001iiiiiiiii10nnnnnttttt" MTE;
            STG_pre             "11011001001iiiiiiiii11nnnnnttttt" MTE;
            STZG_post           "11011001011iiiiiiiii01nnnnnttttt" MTE;
            STZG_off            "11011001011iiiiiiiii10nnnnnttttt" MTE;
            STZG_pre            "11011001011iiiiiiiii11nnnnnttttt" MTE;
            ST2G_post           "11011001101iiiiiiiii01nnnnnttttt" MTE;
            ST2G_off            "11011001101iiiiiiiii10nnnnnttttt" MTE;
            ST2G_pre            "11011001101iiiiiiiii11nnnnnttttt" MTE;
            STZ2G_post          "11011001111iiiiiiiii01nnnnnttttt" MTE;
            STZ2G_off           "11011001111iiiiiiiii10nnnnnttttt" MTE;
            STZ2G_pre           "11011001111iiiiiiiii11nnnnnttttt" MTE;
            LDG                 "11011001011iiiiiiiii00nnnnnttttt" MTE;
            STZGM               "1101100100100000000000nnnnnttttt" MTE;
            STGM                "1101100110100000000000nnnnnttttt" MTE;
            LDGM                "1101100111100000000000nnnnnttttt" MTE;
            CPYFP               "00011001000sssssoooo01nnnnnddddd" MOPS;
            CPYP                "00011101000sssssoooo01nnnnnddddd" MOPS;
            CPYFM               "00011001010sssssoooo01nnnnnddddd" MOPS;
            CPYM                "00011101010sssssoooo01nnnnnddddd" MOPS;
            CPYFE               "00011001100sssssoooo01nnnnnddddd" MOPS;
            CPYE                "00011101100sssssoooo01nnnnnddddd" MOPS;
            SETP                "00011001110sssss00oo01nnnnnddddd" MOPS;
            SETGP               "00011101110sssss00oo01nnnnnddddd" MOPS;
            SETM                "00011001110sssss01oo01nnnnnddddd" MOPS;
            SETGM               "00011101110sssss01oo01nnnnnddddd" MOPS;
            SETE                "00011001110sssss10oo01nnnnnddddd" MOPS;
            SETGE               "00011101110sssss10oo01nnnnnddddd" MOPS;
            // Advanced SIMD load/store multiple structures
            ST1_1regs           "0q001100000000000111zznnnnnttttt" SIMD => simd::structures::whole(false, 1);
            ST1_2regs           "0q001100000000001010zznnnnnttttt" SIMD => simd::structures::whole(false, 2);
            ST1_3regs           "0q001100000000000110zznnnnnttttt" SIMD => simd::structures::whole(false, 3);
            ST1_4regs           "0q001100000000000010zznnnnnttttt" SIMD => simd::structures::whole(false, 4);
            ST2                 "0q001100000000001000zznnnnnttttt" SIMD => simd::structures::interleaved(false, 2);
            ST3                 "0q001100000000000100zznnnnnttttt" SIMD => simd::structures::interleaved(false, 3);
            ST4                 "0q001100000000000000zznnnnnttttt" SIMD => simd::structures::interleaved(false, 4);
            LD1_1regs           "0q001100010000000111zznnnnnttttt" SIMD => simd::structures::whole(true, 1);
            LD1_2regs           "0q001100010000001010zznnnnnttttt" SIMD => simd::structures::whole(true, 2);
            LD1_3regs           "0q001100010000000110zznnnnnttttt" SIMD => simd::structures::whole(true, 3);
            LD1_4regs           "0q001100010000000010zznnnnnttttt" SIMD => simd::structures::whole(true, 4);
            LD2                 "0q001100010000001000zznnnnnttttt" SIMD => simd::structures::interleaved(true, 2);
            LD3                 "0q001100010000000100zznnnnnttttt" SIMD => simd::structures::interleaved(true, 3);
            LD4                 "0q001100010000000000zznnnnnttttt" SIMD => simd::structures::interleaved(true, 4);
            // Advanced SIMD load/store multiple structures (post-indexed)
            ST1_1regs_post      "0q001100100mmmmm0111zznnnnnttttt" SIMD => simd::structures::whole(false, 1);
            ST1_2regs_post      "0q001100100mmmmm1010zznnnnnttttt" SIMD => simd::structures::whole(false, 2);
            ST1_3regs_post      "0q001100100mmmmm0110zznnnnnttttt" SIMD => simd::structures::whole(false, 3);
            ST1_4regs_post      "0q001100100mmmmm0010zznnnnnttttt" SIMD => simd::structures::whole(false, 4);
            ST2_post            "0q001100100mmmmm1000zznnnnnttttt" SIMD => simd::structures::interleaved(false, 2);
            ST3_post            "0q001100100mmmmm0100zznnnnnttttt" SIMD => simd::structures::interleaved(false, 3);
            ST4_post            "0q001100100mmmmm0000zznnnnnttttt" SIMD => simd::structures::interleaved(false, 4);
            LD1_1regs_post      "0q001100110mmmmm0111zznnnnnttttt" SIMD => simd::structures::whole(true, 1);
            LD1_2regs_post      "0q001100110mmmmm1010zznnnnnttttt" SIMD => simd::structures::whole(true, 2);
            LD1_3regs_post      "0q001100110mmmmm0110zznnnnnttttt" SIMD => simd::structures::whole(true, 3);
            LD1_4regs_post      "0q001100110mmmmm0010zznnnnnttttt" SIMD => simd::structures::whole(true, 4);
            LD2_post            "0q001100110mmmmm1000zznnnnnttttt" SIMD => simd::structures::interleaved(true, 2);
            LD3_post            "0q001100110mmmmm0100zznnnnnttttt" SIMD => simd::structures::interleaved(true, 3);
            LD4_post            "0q001100110mmmmm0000zznnnnnttttt" SIMD => simd::structures::interleaved(true, 4);
            // Advanced SIMD load/store single structure
            ST1_lane            "0q00110100000000oo0szznnnnnttttt" SIMD => simd::structures::single(false, 1);
            LD1_lane            "0q00110101000000oo0szznnnnnttttt" SIMD => simd::structures::single(true, 1);
            LD1R                "0q001101010000001100zznnnnnttttt" SIMD => simd::structures::replicate(1);
            ST2_lane            "0q00110100100000oo0szznnnnnttttt" SIMD => simd::structures::single(false, 2);
            LD2_lane            "0q00110101100000oo0szznnnnnttttt" SIMD => simd::structures::single(true, 2);
            LD2R                "0q001101011000001100zznnnnnttttt" SIMD => simd::structures::replicate(2);
            ST3_lane            "0q00110100000000oo1szznnnnnttttt" SIMD => simd::structures::single(false, 3);
            LD3_lane            "0q00110101000000oo1szznnnnnttttt" SIMD => simd::structures::single(true, 3);
            LD3R                "0q001101010000001110zznnnnnttttt" SIMD => simd::structures::replicate(3);
            ST4_lane            "0q00110100100000oo1szznnnnnttttt" SIMD => simd::structures::single(false, 4);
            LD4_lane            "0q00110101100000oo1szznnnnnttttt" SIMD => simd::structures::single(true, 4);
            LD4R                "0q001101011000001110zznnnnnttttt" SIMD => simd::structures::replicate(4);
            // Advanced SIMD load/store single structure (post-indexed)
            ST1_lane_post       "0q001101100mmmmmoo0szznnnnnttttt" SIMD => simd::structures::single(false, 1);
            LD1_lane_post       "0q001101110mmmmmoo0szznnnnnttttt" SIMD => simd::structures::single(true, 1);
            LD1R_post           "0q001101110mmmmm1100zznnnnnttttt" SIMD => simd::structures::replicate(1);
            ST2_lane_post       "0q001101101mmmmmoo0szznnnnnttttt" SIMD => simd::structures::single(false, 2);
            LD2_lane_post       "0q001101111mmmmmoo0szznnnnnttttt" SIMD => simd::structures::single(true, 2);
            LD2R_post           "0q001101111mmmmm1100zznnnnnttttt" SIMD => simd::structures::replicate(2);
            ST3_lane_post       "0q001101100mmmmmoo1szznnnnnttttt" SIMD => simd::structures::single(false, 3);
            LD3_lane_post       "0q001101110mmmmmoo1szznnnnnttttt" SIMD => simd::structures::single(true, 3);
            LD3R_post           "0q001101110mmmmm1110zznnnnnttttt" SIMD => simd::structures::replicate(3);
            ST4_lane_post       "0q001101101mmmmmoo1szznnnnnttttt" SIMD => simd::structures::single(false, 4);
            LD4_lane_post       "0q001101111mmmmmoo1szznnnnnttttt" SIMD => simd::structures::single(true, 4);
            LD4R_post           "0q001101111mmmmm1110zznnnnnttttt" SIMD => simd::structures::replicate(4);
            // END: loads and stores

            // ── Scalar floating point (C4.1.96) ───────────────────────────────────────────────
            // Floating-point data-processing (1 source)
            FMOV_float              "000111100t100000010000nnnnnddddd" FP => fp::mov_register();
            FMOV_float_h            "0001111011100000010000nnnnnddddd" FP16 => fp::mov_register();
            FABS_float              "000111100t100000110000nnnnnddddd" FP => fp::one(Fp1::Abs);
            FABS_float_h            "0001111011100000110000nnnnnddddd" FP16 => fp::one(Fp1::Abs);
            FNEG_float              "000111100t100001010000nnnnnddddd" FP => fp::one(Fp1::Neg);
            FNEG_float_h            "0001111011100001010000nnnnnddddd" FP16 => fp::one(Fp1::Neg);
            FSQRT_float             "000111100t100001110000nnnnnddddd" FP => fp::one(Fp1::Sqrt);
            FSQRT_float_h           "0001111011100001110000nnnnnddddd" FP16 => fp::one(Fp1::Sqrt);
            FRINTN_float            "000111100t100100010000nnnnnddddd" FP => fp::one(Fp1::RintN);
            FRINTN_float_h          "0001111011100100010000nnnnnddddd" FP16 => fp::one(Fp1::RintN);
            FRINTP_float            "000111100t100100110000nnnnnddddd" FP => fp::one(Fp1::RintP);
            FRINTP_float_h          "0001111011100100110000nnnnnddddd" FP16 => fp::one(Fp1::RintP);
            FRINTM_float            "000111100t100101010000nnnnnddddd" FP => fp::one(Fp1::RintM);
            FRINTM_float_h          "0001111011100101010000nnnnnddddd" FP16 => fp::one(Fp1::RintM);
            FRINTZ_float            "000111100t100101110000nnnnnddddd" FP => fp::one(Fp1::RintZ);
            FRINTZ_float_h          "0001111011100101110000nnnnnddddd" FP16 => fp::one(Fp1::RintZ);
            FRINTA_float            "000111100t100110010000nnnnnddddd" FP => fp::one(Fp1::RintA);
            FRINTA_float_h          "0001111011100110010000nnnnnddddd" FP16 => fp::one(Fp1::RintA);
            FRINTX_float            "000111100t100111010000nnnnnddddd" FP => fp::one(Fp1::RintX);
            FRINTX_float_h          "0001111011100111010000nnnnnddddd" FP16 => fp::one(Fp1::RintX);
            FRINTI_float            "000111100t100111110000nnnnnddddd" FP => fp::one(Fp1::RintI);
            FRINTI_float_h          "0001111011100111110000nnnnnddddd" FP16 => fp::one(Fp1::RintI);
            FRINT32Z_float          "000111100t101000010000nnnnnddddd" FRINTTS => fp::one(Fp1::Rint32Z);
            FRINT32X_float          "000111100t101000110000nnnnnddddd" FRINTTS => fp::one(Fp1::Rint32X);
            FRINT64Z_float          "000111100t101001010000nnnnnddddd" FRINTTS => fp::one(Fp1::Rint64Z);
            FRINT64X_float          "000111100t101001110000nnnnnddddd" FRINTTS => fp::one(Fp1::Rint64X);
            FCVT_s_d                "0001111000100010110000nnnnnddddd" FP => fp::convert(FpType::D);
            FCVT_s_h                "0001111000100011110000nnnnnddddd" FP => fp::convert(FpType::H);
            FCVT_d_s                "0001111001100010010000nnnnnddddd" FP => fp::convert(FpType::S);
            FCVT_d_h                "0001111001100011110000nnnnnddddd" FP => fp::convert(FpType::H);
            FCVT_h_s                "0001111011100010010000nnnnnddddd" FP => fp::convert(FpType::S);
            FCVT_h_d                "0001111011100010110000nnnnnddddd" FP => fp::convert(FpType::D);
            // Floating-point data-processing (2 source)
            FMUL_float              "000111100t1mmmmm000010nnnnnddddd" FP => fp::two(Fp2::Mul);
            FMUL_float_h            "00011110111mmmmm000010nnnnnddddd" FP16 => fp::two(Fp2::Mul);
            FDIV_float              "000111100t1mmmmm000110nnnnnddddd" FP => fp::two(Fp2::Div);
            FDIV_float_h            "00011110111mmmmm000110nnnnnddddd" FP16 => fp::two(Fp2::Div);
            FADD_float              "000111100t1mmmmm001010nnnnnddddd" FP => fp::two(Fp2::Add);
            FADD_float_h            "00011110111mmmmm001010nnnnnddddd" FP16 => fp::two(Fp2::Add);
            FSUB_float              "000111100t1mmmmm001110nnnnnddddd" FP => fp::two(Fp2::Sub);
            FSUB_float_h            "00011110111mmmmm001110nnnnnddddd" FP16 => fp::two(Fp2::Sub);
            FMAX_float              "000111100t1mmmmm010010nnnnnddddd" FP => fp::two(Fp2::Max);
            FMAX_float_h            "00011110111mmmmm010010nnnnnddddd" FP16 => fp::two(Fp2::Max);
            FMIN_float              "000111100t1mmmmm010110nnnnnddddd" FP => fp::two(Fp2::Min);
            FMIN_float_h            "00011110111mmmmm010110nnnnnddddd" FP16 => fp::two(Fp2::Min);
            FMAXNM_float            "000111100t1mmmmm011010nnnnnddddd" FP => fp::two(Fp2::MaxNum);
            FMAXNM_float_h          "00011110111mmmmm011010nnnnnddddd" FP16 => fp::two(Fp2::MaxNum);
            FMINNM_float            "000111100t1mmmmm011110nnnnnddddd" FP => fp::two(Fp2::MinNum);
            FMINNM_float_h          "00011110111mmmmm011110nnnnnddddd" FP16 => fp::two(Fp2::MinNum);
            FNMUL_float             "000111100t1mmmmm100010nnnnnddddd" FP => fp::two(Fp2::NegMul);
            FNMUL_float_h           "00011110111mmmmm100010nnnnnddddd" FP16 => fp::two(Fp2::NegMul);
            // Floating-point data-processing (3 source)
            FMADD_float             "000111110t0mmmmm0aaaaannnnnddddd" FP => fp::three(Fp3::MulAdd);
            FMADD_float_h           "00011111110mmmmm0aaaaannnnnddddd" FP16 => fp::three(Fp3::MulAdd);
            FMSUB_float             "000111110t0mmmmm1aaaaannnnnddddd" FP => fp::three(Fp3::MulSub);
            FMSUB_float_h           "00011111110mmmmm1aaaaannnnnddddd" FP16 => fp::three(Fp3::MulSub);
            FNMADD_float            "000111110t1mmmmm0aaaaannnnnddddd" FP => fp::three(Fp3::NegMulAdd);
            FNMADD_float_h          "00011111111mmmmm0aaaaannnnnddddd" FP16 => fp::three(Fp3::NegMulAdd);
            FNMSUB_float            "000111110t1mmmmm1aaaaannnnnddddd" FP => fp::three(Fp3::NegMulSub);
            FNMSUB_float_h          "00011111111mmmmm1aaaaannnnnddddd" FP16 => fp::three(Fp3::NegMulSub);
            // Floating-point immediate, compare, conditional compare, conditional select
            FMOV_float_imm          "000111100t1iiiiiiii10000000ddddd" FP => fp::mov_immediate();
            FMOV_float_imm_h        "00011110111iiiiiiii10000000ddddd" FP16 => fp::mov_immediate();
            FCMP_float              "000111100t1mmmmm001000nnnnn00000" FP => fp::compare(false);
            FCMP_float_h            "00011110111mmmmm001000nnnnn00000" FP16 => fp::compare(false);
            FCMP_float_zero         "000111100t1xxxxx001000nnnnn01000" FP => fp::compare(false);
            FCMP_float_zero_h       "00011110111xxxxx001000nnnnn01000" FP16 => fp::compare(false);
            FCMPE_float             "000111100t1mmmmm001000nnnnn10000" FP => fp::compare(true);
            FCMPE_float_h           "00011110111mmmmm001000nnnnn10000" FP16 => fp::compare(true);
            FCMPE_float_zero        "000111100t1xxxxx001000nnnnn11000" FP => fp::compare(true);
            FCMPE_float_zero_h      "00011110111xxxxx001000nnnnn11000" FP16 => fp::compare(true);
            FCCMP_float             "000111100t1mmmmmcccc01nnnnn0ffff" FP => fp::cond_compare(false);
            FCCMP_float_h           "00011110111mmmmmcccc01nnnnn0ffff" FP16 => fp::cond_compare(false);
            FCCMPE_float            "000111100t1mmmmmcccc01nnnnn1ffff" FP => fp::cond_compare(true);
            FCCMPE_float_h          "00011110111mmmmmcccc01nnnnn1ffff" FP16 => fp::cond_compare(true);
            FCSEL_float             "000111100t1mmmmmcccc11nnnnnddddd" FP => fp::cond_select();
            FCSEL_float_h           "00011110111mmmmmcccc11nnnnnddddd" FP16 => fp::cond_select();
            // Conversion between floating-point and integer
            FCVTNS_float_int        "z00111100t100000000000nnnnnddddd" FP => fp::to_int(true, Rounding::TieEven);
            FCVTNS_float_int_h      "z001111011100000000000nnnnnddddd" FP16 => fp::to_int(true, Rounding::TieEven);
            FCVTNU_float_int        "z00111100t100001000000nnnnnddddd" FP => fp::to_int(false, Rounding::TieEven);
            FCVTNU_float_int_h      "z001111011100001000000nnnnnddddd" FP16 => fp::to_int(false, Rounding::TieEven);
            FCVTPS_float_int        "z00111100t101000000000nnnnnddddd" FP => fp::to_int(true, Rounding::PosInf);
            FCVTPS_float_int_h      "z001111011101000000000nnnnnddddd" FP16 => fp::to_int(true, Rounding::PosInf);
            FCVTPU_float_int        "z00111100t101001000000nnnnnddddd" FP => fp::to_int(false, Rounding::PosInf);
            FCVTPU_float_int_h      "z001111011101001000000nnnnnddddd" FP16 => fp::to_int(false, Rounding::PosInf);
            FCVTMS_float_int        "z00111100t110000000000nnnnnddddd" FP => fp::to_int(true, Rounding::NegInf);
            FCVTMS_float_int_h      "z001111011110000000000nnnnnddddd" FP16 => fp::to_int(true, Rounding::NegInf);
            FCVTMU_float_int        "z00111100t110001000000nnnnnddddd" FP => fp::to_int(false, Rounding::NegInf);
            FCVTMU_float_int_h      "z001111011110001000000nnnnnddddd" FP16 => fp::to_int(false, Rounding::NegInf);
            FCVTZS_float_int        "z00111100t111000000000nnnnnddddd" FP => fp::to_int(true, Rounding::Zero);
            FCVTZS_float_int_h      "z001111011111000000000nnnnnddddd" FP16 => fp::to_int(true, Rounding::Zero);
            FCVTZU_float_int        "z00111100t111001000000nnnnnddddd" FP => fp::to_int(false, Rounding::Zero);
            FCVTZU_float_int_h      "z001111011111001000000nnnnnddddd" FP16 => fp::to_int(false, Rounding::Zero);
            FCVTAS_float_int        "z00111100t100100000000nnnnnddddd" FP => fp::to_int(true, Rounding::TieAway);
            FCVTAS_float_int_h      "z001111011100100000000nnnnnddddd" FP16 => fp::to_int(true, Rounding::TieAway);
            FCVTAU_float_int        "z00111100t100101000000nnnnnddddd" FP => fp::to_int(false, Rounding::TieAway);
            FCVTAU_float_int_h      "z001111011100101000000nnnnnddddd" FP16 => fp::to_int(false, Rounding::TieAway);
            SCVTF_float_int         "z00111100t100010000000nnnnnddddd" FP => fp::from_int(true);
            SCVTF_float_int_h       "z001111011100010000000nnnnnddddd" FP16 => fp::from_int(true);
            UCVTF_float_int         "z00111100t100011000000nnnnnddddd" FP => fp::from_int(false);
            UCVTF_float_int_h       "z001111011100011000000nnnnnddddd" FP16 => fp::from_int(false);
            FMOV_w_s                "0001111000100110000000nnnnnddddd" FP => fp::mov_to_general();
            FMOV_s_w                "0001111000100111000000nnnnnddddd" FP => fp::mov_from_general();
            FMOV_x_d                "1001111001100110000000nnnnnddddd" FP => fp::mov_to_general();
            FMOV_d_x                "1001111001100111000000nnnnnddddd" FP => fp::mov_from_general();
            FMOV_x_vd1              "1001111010101110000000nnnnnddddd" FP => fp::mov_upper_to_general();
            FMOV_vd1_x              "1001111010101111000000nnnnnddddd" FP => fp::mov_upper_from_general();
            FMOV_r_h                "z001111011100110000000nnnnnddddd" FP16 => fp::mov_to_general();
            FMOV_h_r                "z001111011100111000000nnnnnddddd" FP16 => fp::mov_from_general();
            FJCVTZS                 "0001111001111110000000nnnnnddddd" JSCVT => fp::to_int_js();
            // Conversion between floating-point and fixed-point
            SCVTF_float_fix         "z00111100t000010ssssssnnnnnddddd" FP => fp::from_fixed(true);
            SCVTF_float_fix_h       "z001111011000010ssssssnnnnnddddd" FP16 => fp::from_fixed(true);
            UCVTF_float_fix         "z00111100t000011ssssssnnnnnddddd" FP => fp::from_fixed(false);
            UCVTF_float_fix_h       "z001111011000011ssssssnnnnnddddd" FP16 => fp::from_fixed(false);
            FCVTZS_float_fix        "z00111100t011000ssssssnnnnnddddd" FP => fp::to_fixed(true);
            FCVTZS_float_fix_h      "z001111011011000ssssssnnnnnddddd" FP16 => fp::to_fixed(true);
            FCVTZU_float_fix        "z00111100t011001ssssssnnnnnddddd" FP => fp::to_fixed(false);
            FCVTZU_float_fix_h      "z001111011011001ssssssnnnnnddddd" FP16 => fp::to_fixed(false);
            // END: scalar floating point

            // ── Advanced SIMD floating point (C4.1.96) ────────────────────────────────────────
            // Three same, vector and scalar, and half-precision
            FMAXNM_asimdsame        "0q0011100z1mmmmm110001nnnnnddddd" SIMD => simd::fp::two(Fp2::MaxNum);
            FMAXNM_asimdsamefp16    "0q001110010mmmmm000001nnnnnddddd" FP16 => simd::fp::two(Fp2::MaxNum);
            FMLA_asimdsame          "0q0011100z1mmmmm110011nnnnnddddd" SIMD => simd::fp::fused(Fp3::MulAdd);
            FMLA_asimdsamefp16      "0q001110010mmmmm000011nnnnnddddd" FP16 => simd::fp::fused(Fp3::MulAdd);
            FADD_asimdsame          "0q0011100z1mmmmm110101nnnnnddddd" SIMD => simd::fp::two(Fp2::Add);
            FADD_asimdsamefp16      "0q001110010mmmmm000101nnnnnddddd" FP16 => simd::fp::two(Fp2::Add);
            FMULX_asimdsame         "0q0011100z1mmmmm110111nnnnnddddd" SIMD => simd::fp::two(Fp2::Mulx);
            FMULX_asimdsamefp16     "0q001110010mmmmm000111nnnnnddddd" FP16 => simd::fp::two(Fp2::Mulx);
            FMULX_asisdsame         "010111100z1mmmmm110111nnnnnddddd" SIMD => simd::fp::two(Fp2::Mulx);
            FMULX_asisdsamefp16     "01011110010mmmmm000111nnnnnddddd" FP16 => simd::fp::two(Fp2::Mulx);
            FCMEQ_asimdsame         "0q0011100z1mmmmm111001nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareEq);
            FCMEQ_asimdsamefp16     "0q001110010mmmmm001001nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareEq);
            FCMEQ_asisdsame         "010111100z1mmmmm111001nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareEq);
            FCMEQ_asisdsamefp16     "01011110010mmmmm001001nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareEq);
            FMAX_asimdsame          "0q0011100z1mmmmm111101nnnnnddddd" SIMD => simd::fp::two(Fp2::Max);
            FMAX_asimdsamefp16      "0q001110010mmmmm001101nnnnnddddd" FP16 => simd::fp::two(Fp2::Max);
            FRECPS_asimdsame        "0q0011100z1mmmmm111111nnnnnddddd" SIMD => simd::fp::two(Fp2::RecipStep);
            FRECPS_asimdsamefp16    "0q001110010mmmmm001111nnnnnddddd" FP16 => simd::fp::two(Fp2::RecipStep);
            FRECPS_asisdsame        "010111100z1mmmmm111111nnnnnddddd" SIMD => simd::fp::two(Fp2::RecipStep);
            FRECPS_asisdsamefp16    "01011110010mmmmm001111nnnnnddddd" FP16 => simd::fp::two(Fp2::RecipStep);
            FMINNM_asimdsame        "0q0011101z1mmmmm110001nnnnnddddd" SIMD => simd::fp::two(Fp2::MinNum);
            FMINNM_asimdsamefp16    "0q001110110mmmmm000001nnnnnddddd" FP16 => simd::fp::two(Fp2::MinNum);
            FMLS_asimdsame          "0q0011101z1mmmmm110011nnnnnddddd" SIMD => simd::fp::fused(Fp3::MulSub);
            FMLS_asimdsamefp16      "0q001110110mmmmm000011nnnnnddddd" FP16 => simd::fp::fused(Fp3::MulSub);
            FSUB_asimdsame          "0q0011101z1mmmmm110101nnnnnddddd" SIMD => simd::fp::two(Fp2::Sub);
            FSUB_asimdsamefp16      "0q001110110mmmmm000101nnnnnddddd" FP16 => simd::fp::two(Fp2::Sub);
            FMIN_asimdsame          "0q0011101z1mmmmm111101nnnnnddddd" SIMD => simd::fp::two(Fp2::Min);
            FMIN_asimdsamefp16      "0q001110110mmmmm001101nnnnnddddd" FP16 => simd::fp::two(Fp2::Min);
            FRSQRTS_asimdsame       "0q0011101z1mmmmm111111nnnnnddddd" SIMD => simd::fp::two(Fp2::RsqrtStep);
            FRSQRTS_asimdsamefp16   "0q001110110mmmmm001111nnnnnddddd" FP16 => simd::fp::two(Fp2::RsqrtStep);
            FRSQRTS_asisdsame       "010111101z1mmmmm111111nnnnnddddd" SIMD => simd::fp::two(Fp2::RsqrtStep);
            FRSQRTS_asisdsamefp16   "01011110110mmmmm001111nnnnnddddd" FP16 => simd::fp::two(Fp2::RsqrtStep);
            FMAXNMP_asimdsame       "0q1011100z1mmmmm110001nnnnnddddd" SIMD => simd::fp::pairwise(Fp2::MaxNum);
            FMAXNMP_asimdsamefp16   "0q101110010mmmmm000001nnnnnddddd" FP16 => simd::fp::pairwise(Fp2::MaxNum);
            FADDP_asimdsame         "0q1011100z1mmmmm110101nnnnnddddd" SIMD => simd::fp::pairwise(Fp2::Add);
            FADDP_asimdsamefp16     "0q101110010mmmmm000101nnnnnddddd" FP16 => simd::fp::pairwise(Fp2::Add);
            FMUL_asimdsame          "0q1011100z1mmmmm110111nnnnnddddd" SIMD => simd::fp::two(Fp2::Mul);
            FMUL_asimdsamefp16      "0q101110010mmmmm000111nnnnnddddd" FP16 => simd::fp::two(Fp2::Mul);
            FCMGE_asimdsame         "0q1011100z1mmmmm111001nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareGe);
            FCMGE_asimdsamefp16     "0q101110010mmmmm001001nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareGe);
            FCMGE_asisdsame         "011111100z1mmmmm111001nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareGe);
            FCMGE_asisdsamefp16     "01111110010mmmmm001001nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareGe);
            FACGE_asimdsame         "0q1011100z1mmmmm111011nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareAbsGe);
            FACGE_asimdsamefp16     "0q101110010mmmmm001011nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareAbsGe);
            FACGE_asisdsame         "011111100z1mmmmm111011nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareAbsGe);
            FACGE_asisdsamefp16     "01111110010mmmmm001011nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareAbsGe);
            FMAXP_asimdsame         "0q1011100z1mmmmm111101nnnnnddddd" SIMD => simd::fp::pairwise(Fp2::Max);
            FMAXP_asimdsamefp16     "0q101110010mmmmm001101nnnnnddddd" FP16 => simd::fp::pairwise(Fp2::Max);
            FDIV_asimdsame          "0q1011100z1mmmmm111111nnnnnddddd" SIMD => simd::fp::two(Fp2::Div);
            FDIV_asimdsamefp16      "0q101110010mmmmm001111nnnnnddddd" FP16 => simd::fp::two(Fp2::Div);
            FMINNMP_asimdsame       "0q1011101z1mmmmm110001nnnnnddddd" SIMD => simd::fp::pairwise(Fp2::MinNum);
            FMINNMP_asimdsamefp16   "0q101110110mmmmm000001nnnnnddddd" FP16 => simd::fp::pairwise(Fp2::MinNum);
            FABD_asimdsame          "0q1011101z1mmmmm110101nnnnnddddd" SIMD => simd::fp::two(Fp2::AbsDifference);
            FABD_asimdsamefp16      "0q101110110mmmmm000101nnnnnddddd" FP16 => simd::fp::two(Fp2::AbsDifference);
            FABD_asisdsame          "011111101z1mmmmm110101nnnnnddddd" SIMD => simd::fp::two(Fp2::AbsDifference);
            FABD_asisdsamefp16      "01111110110mmmmm000101nnnnnddddd" FP16 => simd::fp::two(Fp2::AbsDifference);
            FCMGT_asimdsame         "0q1011101z1mmmmm111001nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareGt);
            FCMGT_asimdsamefp16     "0q101110110mmmmm001001nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareGt);
            FCMGT_asisdsame         "011111101z1mmmmm111001nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareGt);
            FCMGT_asisdsamefp16     "01111110110mmmmm001001nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareGt);
            FACGT_asimdsame         "0q1011101z1mmmmm111011nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareAbsGt);
            FACGT_asimdsamefp16     "0q101110110mmmmm001011nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareAbsGt);
            FACGT_asisdsame         "011111101z1mmmmm111011nnnnnddddd" SIMD => simd::fp::two(Fp2::CompareAbsGt);
            FACGT_asisdsamefp16     "01111110110mmmmm001011nnnnnddddd" FP16 => simd::fp::two(Fp2::CompareAbsGt);
            FMINP_asimdsame         "0q1011101z1mmmmm111101nnnnnddddd" SIMD => simd::fp::pairwise(Fp2::Min);
            FMINP_asimdsamefp16     "0q101110110mmmmm001101nnnnnddddd" FP16 => simd::fp::pairwise(Fp2::Min);
            // Two-register miscellaneous, vector and scalar, and half-precision
            FABS_asimdmisc          "0q0011101z100000111110nnnnnddddd" SIMD => simd::fp::one(Fp1::Abs);
            FABS_asimdmiscfp16      "0q00111011111000111110nnnnnddddd" FP16 => simd::fp::one(Fp1::Abs);
            FNEG_asimdmisc          "0q1011101z100000111110nnnnnddddd" SIMD => simd::fp::one(Fp1::Neg);
            FNEG_asimdmiscfp16      "0q10111011111000111110nnnnnddddd" FP16 => simd::fp::one(Fp1::Neg);
            FSQRT_asimdmisc         "0q1011101z100001111110nnnnnddddd" SIMD => simd::fp::one(Fp1::Sqrt);
            FSQRT_asimdmiscfp16     "0q10111011111001111110nnnnnddddd" FP16 => simd::fp::one(Fp1::Sqrt);
            FRINTN_asimdmisc        "0q0011100z100001100010nnnnnddddd" SIMD => simd::fp::one(Fp1::RintN);
            FRINTN_asimdmiscfp16    "0q00111001111001100010nnnnnddddd" FP16 => simd::fp::one(Fp1::RintN);
            FRINTM_asimdmisc        "0q0011100z100001100110nnnnnddddd" SIMD => simd::fp::one(Fp1::RintM);
            FRINTM_asimdmiscfp16    "0q00111001111001100110nnnnnddddd" FP16 => simd::fp::one(Fp1::RintM);
            FRINTP_asimdmisc        "0q0011101z100001100010nnnnnddddd" SIMD => simd::fp::one(Fp1::RintP);
            FRINTP_asimdmiscfp16    "0q00111011111001100010nnnnnddddd" FP16 => simd::fp::one(Fp1::RintP);
            FRINTZ_asimdmisc        "0q0011101z100001100110nnnnnddddd" SIMD => simd::fp::one(Fp1::RintZ);
            FRINTZ_asimdmiscfp16    "0q00111011111001100110nnnnnddddd" FP16 => simd::fp::one(Fp1::RintZ);
            FRINTA_asimdmisc        "0q1011100z100001100010nnnnnddddd" SIMD => simd::fp::one(Fp1::RintA);
            FRINTA_asimdmiscfp16    "0q10111001111001100010nnnnnddddd" FP16 => simd::fp::one(Fp1::RintA);
            FRINTX_asimdmisc        "0q1011100z100001100110nnnnnddddd" SIMD => simd::fp::one(Fp1::RintX);
            FRINTX_asimdmiscfp16    "0q10111001111001100110nnnnnddddd" FP16 => simd::fp::one(Fp1::RintX);
            FRINTI_asimdmisc        "0q1011101z100001100110nnnnnddddd" SIMD => simd::fp::one(Fp1::RintI);
            FRINTI_asimdmiscfp16    "0q10111011111001100110nnnnnddddd" FP16 => simd::fp::one(Fp1::RintI);
            FRINT32Z_asimdmisc      "0q0011100z100001111010nnnnnddddd" FRINTTS => simd::fp::one(Fp1::Rint32Z);
            FRINT64Z_asimdmisc      "0q0011100z100001111110nnnnnddddd" FRINTTS => simd::fp::one(Fp1::Rint64Z);
            FRINT32X_asimdmisc      "0q1011100z100001111010nnnnnddddd" FRINTTS => simd::fp::one(Fp1::Rint32X);
            FRINT64X_asimdmisc      "0q1011100z100001111110nnnnnddddd" FRINTTS => simd::fp::one(Fp1::Rint64X);
            FRECPE_asimdmisc        "0q0011101z100001110110nnnnnddddd" SIMD => simd::fp::one(Fp1::RecipEstimate);
            FRECPE_asimdmiscfp16    "0q00111011111001110110nnnnnddddd" FP16 => simd::fp::one(Fp1::RecipEstimate);
            FRECPE_asisdmisc        "010111101z100001110110nnnnnddddd" SIMD => simd::fp::one(Fp1::RecipEstimate);
            FRECPE_asisdmiscfp16    "0101111011111001110110nnnnnddddd" FP16 => simd::fp::one(Fp1::RecipEstimate);
            FRSQRTE_asimdmisc       "0q1011101z100001110110nnnnnddddd" SIMD => simd::fp::one(Fp1::RsqrtEstimate);
            FRSQRTE_asimdmiscfp16   "0q10111011111001110110nnnnnddddd" FP16 => simd::fp::one(Fp1::RsqrtEstimate);
            FRSQRTE_asisdmisc       "011111101z100001110110nnnnnddddd" SIMD => simd::fp::one(Fp1::RsqrtEstimate);
            FRSQRTE_asisdmiscfp16   "0111111011111001110110nnnnnddddd" FP16 => simd::fp::one(Fp1::RsqrtEstimate);
            FRECPX_asisdmisc        "010111101z100001111110nnnnnddddd" SIMD => simd::fp::one(Fp1::RecipExponent);
            FRECPX_asisdmiscfp16    "0101111011111001111110nnnnnddddd" FP16 => simd::fp::one(Fp1::RecipExponent);
            URECPE_asimdmisc        "0q00111010100001110010nnnnnddddd" SIMD => simd::fp::one(Fp1::UnsignedRecipEstimate);
            URSQRTE_asimdmisc       "0q10111010100001110010nnnnnddddd" SIMD => simd::fp::one(Fp1::UnsignedRsqrtEstimate);
            FCMGT_zero_asimdmisc    "0q0011101z100000110010nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareGt, false);
            FCMGT_zero_asimdmiscfp16 "0q00111011111000110010nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareGt, false);
            FCMGT_zero_asisdmisc    "010111101z100000110010nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareGt, false);
            FCMGT_zero_asisdmiscfp16 "0101111011111000110010nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareGt, false);
            FCMEQ_zero_asimdmisc    "0q0011101z100000110110nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareEq, false);
            FCMEQ_zero_asimdmiscfp16 "0q00111011111000110110nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareEq, false);
            FCMEQ_zero_asisdmisc    "010111101z100000110110nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareEq, false);
            FCMEQ_zero_asisdmiscfp16 "0101111011111000110110nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareEq, false);
            FCMLT_zero_asimdmisc    "0q0011101z100000111010nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareGt, true);
            FCMLT_zero_asimdmiscfp16 "0q00111011111000111010nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareGt, true);
            FCMLT_zero_asisdmisc    "010111101z100000111010nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareGt, true);
            FCMLT_zero_asisdmiscfp16 "0101111011111000111010nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareGt, true);
            FCMGE_zero_asimdmisc    "0q1011101z100000110010nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareGe, false);
            FCMGE_zero_asimdmiscfp16 "0q10111011111000110010nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareGe, false);
            FCMGE_zero_asisdmisc    "011111101z100000110010nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareGe, false);
            FCMGE_zero_asisdmiscfp16 "0111111011111000110010nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareGe, false);
            FCMLE_zero_asimdmisc    "0q1011101z100000110110nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareGe, true);
            FCMLE_zero_asimdmiscfp16 "0q10111011111000110110nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareGe, true);
            FCMLE_zero_asisdmisc    "011111101z100000110110nnnnnddddd" SIMD => simd::fp::compare_zero(Fp2::CompareGe, true);
            FCMLE_zero_asisdmiscfp16 "0111111011111000110110nnnnnddddd" FP16 => simd::fp::compare_zero(Fp2::CompareGe, true);
            FCVTNS_asimdmisc        "0q0011100z100001101010nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::TieEven);
            FCVTNS_asimdmiscfp16    "0q00111001111001101010nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::TieEven);
            FCVTNS_asisdmisc        "010111100z100001101010nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::TieEven);
            FCVTNS_asisdmiscfp16    "0101111001111001101010nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::TieEven);
            FCVTNU_asimdmisc        "0q1011100z100001101010nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::TieEven);
            FCVTNU_asimdmiscfp16    "0q10111001111001101010nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::TieEven);
            FCVTNU_asisdmisc        "011111100z100001101010nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::TieEven);
            FCVTNU_asisdmiscfp16    "0111111001111001101010nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::TieEven);
            FCVTMS_asimdmisc        "0q0011100z100001101110nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::NegInf);
            FCVTMS_asimdmiscfp16    "0q00111001111001101110nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::NegInf);
            FCVTMS_asisdmisc        "010111100z100001101110nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::NegInf);
            FCVTMS_asisdmiscfp16    "0101111001111001101110nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::NegInf);
            FCVTMU_asimdmisc        "0q1011100z100001101110nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::NegInf);
            FCVTMU_asimdmiscfp16    "0q10111001111001101110nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::NegInf);
            FCVTMU_asisdmisc        "011111100z100001101110nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::NegInf);
            FCVTMU_asisdmiscfp16    "0111111001111001101110nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::NegInf);
            FCVTAS_asimdmisc        "0q0011100z100001110010nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::TieAway);
            FCVTAS_asimdmiscfp16    "0q00111001111001110010nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::TieAway);
            FCVTAS_asisdmisc        "010111100z100001110010nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::TieAway);
            FCVTAS_asisdmiscfp16    "0101111001111001110010nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::TieAway);
            FCVTAU_asimdmisc        "0q1011100z100001110010nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::TieAway);
            FCVTAU_asimdmiscfp16    "0q10111001111001110010nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::TieAway);
            FCVTAU_asisdmisc        "011111100z100001110010nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::TieAway);
            FCVTAU_asisdmiscfp16    "0111111001111001110010nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::TieAway);
            FCVTPS_asimdmisc        "0q0011101z100001101010nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::PosInf);
            FCVTPS_asimdmiscfp16    "0q00111011111001101010nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::PosInf);
            FCVTPS_asisdmisc        "010111101z100001101010nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::PosInf);
            FCVTPS_asisdmiscfp16    "0101111011111001101010nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::PosInf);
            FCVTPU_asimdmisc        "0q1011101z100001101010nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::PosInf);
            FCVTPU_asimdmiscfp16    "0q10111011111001101010nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::PosInf);
            FCVTPU_asisdmisc        "011111101z100001101010nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::PosInf);
            FCVTPU_asisdmiscfp16    "0111111011111001101010nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::PosInf);
            FCVTZS_asimdmisc        "0q0011101z100001101110nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::Zero);
            FCVTZS_asimdmiscfp16    "0q00111011111001101110nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::Zero);
            FCVTZS_asisdmisc        "010111101z100001101110nnnnnddddd" SIMD => simd::fp::to_int(true, Rounding::Zero);
            FCVTZS_asisdmiscfp16    "0101111011111001101110nnnnnddddd" FP16 => simd::fp::to_int(true, Rounding::Zero);
            FCVTZU_asimdmisc        "0q1011101z100001101110nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::Zero);
            FCVTZU_asimdmiscfp16    "0q10111011111001101110nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::Zero);
            FCVTZU_asisdmisc        "011111101z100001101110nnnnnddddd" SIMD => simd::fp::to_int(false, Rounding::Zero);
            FCVTZU_asisdmiscfp16    "0111111011111001101110nnnnnddddd" FP16 => simd::fp::to_int(false, Rounding::Zero);
            SCVTF_asimdmisc         "0q0011100z100001110110nnnnnddddd" SIMD => simd::fp::from_int(true);
            SCVTF_asimdmiscfp16     "0q00111001111001110110nnnnnddddd" FP16 => simd::fp::from_int(true);
            SCVTF_asisdmisc         "010111100z100001110110nnnnnddddd" SIMD => simd::fp::from_int(true);
            SCVTF_asisdmiscfp16     "0101111001111001110110nnnnnddddd" FP16 => simd::fp::from_int(true);
            UCVTF_asimdmisc         "0q1011100z100001110110nnnnnddddd" SIMD => simd::fp::from_int(false);
            UCVTF_asimdmiscfp16     "0q10111001111001110110nnnnnddddd" FP16 => simd::fp::from_int(false);
            UCVTF_asisdmisc         "011111100z100001110110nnnnnddddd" SIMD => simd::fp::from_int(false);
            UCVTF_asisdmiscfp16     "0111111001111001110110nnnnnddddd" FP16 => simd::fp::from_int(false);
            FCVTN_asimdmisc         "0q0011100z100001011010nnnnnddddd" SIMD => simd::fp::narrow(false);
            FCVTL_asimdmisc         "0q0011100z100001011110nnnnnddddd" SIMD => simd::fp::widen();
            FCVTXN_asimdmisc        "0q10111001100001011010nnnnnddddd" SIMD => simd::fp::narrow(true);
            FCVTXN_asisdmisc        "0111111001100001011010nnnnnddddd" SIMD => simd::fp::narrow(true);
            // Across lanes; scalar pairwise
            FMAXNMV_asimdall        "0110111000110000110010nnnnnddddd" SIMD => simd::fp::across(Fp2::MaxNum);
            FMAXNMV_asimdallfp16    "0q00111000110000110010nnnnnddddd" FP16 => simd::fp::across(Fp2::MaxNum);
            FMINNMV_asimdall        "0110111010110000110010nnnnnddddd" SIMD => simd::fp::across(Fp2::MinNum);
            FMINNMV_asimdallfp16    "0q00111010110000110010nnnnnddddd" FP16 => simd::fp::across(Fp2::MinNum);
            FMAXV_asimdall          "0110111000110000111110nnnnnddddd" SIMD => simd::fp::across(Fp2::Max);
            FMAXV_asimdallfp16      "0q00111000110000111110nnnnnddddd" FP16 => simd::fp::across(Fp2::Max);
            FMINV_asimdall          "0110111010110000111110nnnnnddddd" SIMD => simd::fp::across(Fp2::Min);
            FMINV_asimdallfp16      "0q00111010110000111110nnnnnddddd" FP16 => simd::fp::across(Fp2::Min);
            FADDP_asisdpair         "011111100z110000110110nnnnnddddd" SIMD => simd::fp::scalar_pairwise(Fp2::Add);
            FADDP_asisdpairfp16     "0101111000110000110110nnnnnddddd" FP16 => simd::fp::scalar_pairwise(Fp2::Add);
            FMAXNMP_asisdpair       "011111100z110000110010nnnnnddddd" SIMD => simd::fp::scalar_pairwise(Fp2::MaxNum);
            FMAXNMP_asisdpairfp16   "0101111000110000110010nnnnnddddd" FP16 => simd::fp::scalar_pairwise(Fp2::MaxNum);
            FMINNMP_asisdpair       "011111101z110000110010nnnnnddddd" SIMD => simd::fp::scalar_pairwise(Fp2::MinNum);
            FMINNMP_asisdpairfp16   "0101111010110000110010nnnnnddddd" FP16 => simd::fp::scalar_pairwise(Fp2::MinNum);
            FMAXP_asisdpair         "011111100z110000111110nnnnnddddd" SIMD => simd::fp::scalar_pairwise(Fp2::Max);
            FMAXP_asisdpairfp16     "0101111000110000111110nnnnnddddd" FP16 => simd::fp::scalar_pairwise(Fp2::Max);
            FMINP_asisdpair         "011111101z110000111110nnnnnddddd" SIMD => simd::fp::scalar_pairwise(Fp2::Min);
            FMINP_asisdpairfp16     "0101111010110000111110nnnnnddddd" FP16 => simd::fp::scalar_pairwise(Fp2::Min);
            // By element, vector and scalar
            FMLA_asimdelem          "0q0011111zlmmmmm0001h0nnnnnddddd" SIMD => simd::fp::fused_by_element(Fp3::MulAdd);
            FMLA_asimdelemfp16      "0q00111100lmmmmm0001h0nnnnnddddd" FP16 => simd::fp::fused_by_element(Fp3::MulAdd);
            FMLA_asisdelem          "010111111zlmmmmm0001h0nnnnnddddd" SIMD => simd::fp::fused_by_element(Fp3::MulAdd);
            FMLA_asisdelemfp16      "0101111100lmmmmm0001h0nnnnnddddd" FP16 => simd::fp::fused_by_element(Fp3::MulAdd);
            FMLS_asimdelem          "0q0011111zlmmmmm0101h0nnnnnddddd" SIMD => simd::fp::fused_by_element(Fp3::MulSub);
            FMLS_asimdelemfp16      "0q00111100lmmmmm0101h0nnnnnddddd" FP16 => simd::fp::fused_by_element(Fp3::MulSub);
            FMLS_asisdelem          "010111111zlmmmmm0101h0nnnnnddddd" SIMD => simd::fp::fused_by_element(Fp3::MulSub);
            FMLS_asisdelemfp16      "0101111100lmmmmm0101h0nnnnnddddd" FP16 => simd::fp::fused_by_element(Fp3::MulSub);
            FMUL_asimdelem          "0q0011111zlmmmmm1001h0nnnnnddddd" SIMD => simd::fp::two_by_element(Fp2::Mul);
            FMUL_asimdelemfp16      "0q00111100lmmmmm1001h0nnnnnddddd" FP16 => simd::fp::two_by_element(Fp2::Mul);
            FMUL_asisdelem          "010111111zlmmmmm1001h0nnnnnddddd" SIMD => simd::fp::two_by_element(Fp2::Mul);
            FMUL_asisdelemfp16      "0101111100lmmmmm1001h0nnnnnddddd" FP16 => simd::fp::two_by_element(Fp2::Mul);
            FMULX_asimdelem         "0q1011111zlmmmmm1001h0nnnnnddddd" SIMD => simd::fp::two_by_element(Fp2::Mulx);
            FMULX_asimdelemfp16     "0q10111100lmmmmm1001h0nnnnnddddd" FP16 => simd::fp::two_by_element(Fp2::Mulx);
            FMULX_asisdelem         "011111111zlmmmmm1001h0nnnnnddddd" SIMD => simd::fp::two_by_element(Fp2::Mulx);
            FMULX_asisdelemfp16     "0111111100lmmmmm1001h0nnnnnddddd" FP16 => simd::fp::two_by_element(Fp2::Mulx);
            // Fixed-point conversion (shift by immediate), vector and scalar
            SCVTF_asimdshf_d        "0q00111101iiiiii111001nnnnnddddd" SIMD => simd::fp::from_fixed(true);
            SCVTF_asimdshf_s        "0q001111001iiiii111001nnnnnddddd" SIMD => simd::fp::from_fixed(true);
            SCVTF_asimdshf_h        "0q0011110001iiii111001nnnnnddddd" FP16 => simd::fp::from_fixed(true);
            SCVTF_asisdshf_d        "0101111101iiiiii111001nnnnnddddd" SIMD => simd::fp::from_fixed(true);
            SCVTF_asisdshf_s        "01011111001iiiii111001nnnnnddddd" SIMD => simd::fp::from_fixed(true);
            SCVTF_asisdshf_h        "010111110001iiii111001nnnnnddddd" FP16 => simd::fp::from_fixed(true);
            UCVTF_asimdshf_d        "0q10111101iiiiii111001nnnnnddddd" SIMD => simd::fp::from_fixed(false);
            UCVTF_asimdshf_s        "0q101111001iiiii111001nnnnnddddd" SIMD => simd::fp::from_fixed(false);
            UCVTF_asimdshf_h        "0q1011110001iiii111001nnnnnddddd" FP16 => simd::fp::from_fixed(false);
            UCVTF_asisdshf_d        "0111111101iiiiii111001nnnnnddddd" SIMD => simd::fp::from_fixed(false);
            UCVTF_asisdshf_s        "01111111001iiiii111001nnnnnddddd" SIMD => simd::fp::from_fixed(false);
            UCVTF_asisdshf_h        "011111110001iiii111001nnnnnddddd" FP16 => simd::fp::from_fixed(false);
            FCVTZS_asimdshf_d       "0q00111101iiiiii111111nnnnnddddd" SIMD => simd::fp::to_fixed(true);
            FCVTZS_asimdshf_s       "0q001111001iiiii111111nnnnnddddd" SIMD => simd::fp::to_fixed(true);
            FCVTZS_asimdshf_h       "0q0011110001iiii111111nnnnnddddd" FP16 => simd::fp::to_fixed(true);
            FCVTZS_asisdshf_d       "0101111101iiiiii111111nnnnnddddd" SIMD => simd::fp::to_fixed(true);
            FCVTZS_asisdshf_s       "01011111001iiiii111111nnnnnddddd" SIMD => simd::fp::to_fixed(true);
            FCVTZS_asisdshf_h       "010111110001iiii111111nnnnnddddd" FP16 => simd::fp::to_fixed(true);
            FCVTZU_asimdshf_d       "0q10111101iiiiii111111nnnnnddddd" SIMD => simd::fp::to_fixed(false);
            FCVTZU_asimdshf_s       "0q101111001iiiii111111nnnnnddddd" SIMD => simd::fp::to_fixed(false);
            FCVTZU_asimdshf_h       "0q1011110001iiii111111nnnnnddddd" FP16 => simd::fp::to_fixed(false);
            FCVTZU_asisdshf_d       "0111111101iiiiii111111nnnnnddddd" SIMD => simd::fp::to_fixed(false);
            FCVTZU_asisdshf_s       "01111111001iiiii111111nnnnnddddd" SIMD => simd::fp::to_fixed(false);
            FCVTZU_asisdshf_h       "011111110001iiii111111nnnnnddddd" FP16 => simd::fp::to_fixed(false);
            // END: SIMD floating point

            // ── Advanced SIMD integer, permute, table, cryptography (C4.1.96) ─────────────────
            // END: SIMD

            // ── Known, not implemented ────────────────────────────────────────────────────────
            SVE                 "iii0010iiiiiiiiiiiiiiiiiiiiiiiii" SVE;
            SME                 "1ii0000iiiiiiiiiiiiiiiiiiiiiiiii" SME;
            // Floating-point extensions
            FMLAL_asimdsame         "0q001110001mmmmm111011nnnnnddddd" FHM;
            FMLSL_asimdsame         "0q001110101mmmmm111011nnnnnddddd" FHM;
            FMLAL2_asimdsame        "0q101110001mmmmm110011nnnnnddddd" FHM;
            FMLSL2_asimdsame        "0q101110101mmmmm110011nnnnnddddd" FHM;
            FMLAL_asimdelem         "0q00111110lmmmmm0000h0nnnnnddddd" FHM;
            FMLSL_asimdelem         "0q00111110lmmmmm0100h0nnnnnddddd" FHM;
            FMLAL2_asimdelem        "0q10111110lmmmmm1000h0nnnnnddddd" FHM;
            FMLSL2_asimdelem        "0q10111110lmmmmm1100h0nnnnnddddd" FHM;
            FCMLA_asimdsame2        "0q101110zz0mmmmm110rr1nnnnnddddd" FCMA;
            FCADD_asimdsame2        "0q101110zz0mmmmm111r01nnnnnddddd" FCMA;
            FCMLA_asimdelem         "0q101111zzlmmmmm0rr1h0nnnnnddddd" FCMA;
            BFCVT_float             "0001111001100011010000nnnnnddddd" BF16;
            BFCVTN_asimdmisc        "0q00111010100001011010nnnnnddddd" BF16;
            BFDOT_asimdsame2        "0q101110010mmmmm111111nnnnnddddd" BF16;
            BFDOT_asimdelem         "0q00111101lmmmmm1111h0nnnnnddddd" BF16;
            BFMMLA_asimdsame2       "01101110010mmmmm111011nnnnnddddd" BF16;
            BFMLAL_asimdsame2       "0q101110110mmmmm111111nnnnnddddd" BF16;
            BFMLAL_asimdelem        "0q00111111lmmmmm1111h0nnnnnddddd" BF16;
            // END: not implemented
        }
    };
}
